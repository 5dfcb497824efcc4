namespace ExecActors.Runtime.Processes;

/// <summary>What output takes on the wire.</summary>
internal static class WireSize
{
    /// <summary>A notification or a chunk of an answer without its bytes, roughly.</summary>
    public const int Envelope = 96;

    /// <summary>Bytes on the wire of so much payload in so many chunks.</summary>
    public static long Of(long payload, long chunks) => (payload * 4 / 3) + (chunks * Envelope);
}
