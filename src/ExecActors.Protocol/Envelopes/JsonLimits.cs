namespace ExecActors.Protocol;

/// <summary>How large a message may be in ways that its length does not tell. The reference server has the same figures.</summary>
public static class JsonLimits
{
    /// <summary>Objects and arrays that may be open at once, the message object included.</summary>
    public const int Depth = 127;

    /// <summary>JSON values in one message: the message object, members' values and elements; names are not counted.</summary>
    public const int Values = 262_144;
}
