namespace ExecActors.Platform;

/// <summary>The conversation with a helper is over: it ended, broke the rules or took too long. It must be killed and not be asked again.</summary>
public sealed class HelperLostException : Exception
{
    /// <summary>With what happened, as a clause: <c>it closed its end</c>.</summary>
    public HelperLostException(string message, bool hasEnded = false, Exception? inner = null)
        : base(message, inner) => HasEnded = hasEnded;

    /// <summary>Whether the helper closed its end, as it does when it ends.</summary>
    public bool HasEnded { get; }
}
