namespace ExecActors.Client;

/// <summary>Which stream of a process output came from.</summary>
public enum OutputKind
{
    /// <summary>Standard output.</summary>
    Stdout,

    /// <summary>Standard error.</summary>
    Stderr,

    /// <summary>The one output of a terminal.</summary>
    Terminal,
}

/// <summary>One piece of output, cut wherever the server's read ended: a line or a character may be in two of them.</summary>
/// <param name="Sequence">Its place among the events of its process, from 1 upwards; exit and close have numbers too.</param>
/// <param name="Kind">Where it was written.</param>
/// <param name="Bytes">What was written. The receiver's own; nobody writes to it again.</param>
public readonly record struct OutputChunk(ulong Sequence, OutputKind Kind, ReadOnlyMemory<byte> Bytes);
