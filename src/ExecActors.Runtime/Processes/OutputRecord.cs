using ExecActors.Platform;

namespace ExecActors.Runtime.Processes;

/// <summary>What one number of the log stands for.</summary>
internal enum OutputRecordKind
{
    /// <summary>Bytes from a stream.</summary>
    Chunk,

    /// <summary>The leader ended.</summary>
    Exit,

    /// <summary>The leader and all streams ended; the last number.</summary>
    Close,
}

/// <summary>One numbered record.</summary>
/// <param name="Sequence">Its number, from 1 without gaps.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="Stream">Where the bytes of a chunk came from.</param>
/// <param name="Position">How many bytes of output came before it.</param>
/// <param name="Length">How many bytes it has; 0 for exit and close.</param>
internal readonly record struct OutputRecord(ulong Sequence, OutputRecordKind Kind, OutputStreamKind Stream, long Position, int Length)
{
    /// <summary>The position after its last byte.</summary>
    public long End => Position + Length;
}

/// <summary>Where in the order of output a record begins, and what it is, in eight bytes: a log may have hundreds of thousands of them.</summary>
internal readonly record struct OutputMark
{
    private const int KindBits = 3;
    private const int ExitCode = 6;
    private const int CloseCode = 7;

    private readonly ulong _packed;

    private OutputMark(long position, int code) => _packed = ((ulong)position << KindBits) | (uint)code;

    /// <summary>How many bytes of output came before.</summary>
    public long Position => (long)(_packed >> KindBits);

    /// <summary>What it is.</summary>
    public OutputRecordKind Kind => Code switch
    {
        ExitCode => OutputRecordKind.Exit,
        CloseCode => OutputRecordKind.Close,
        _ => OutputRecordKind.Chunk,
    };

    /// <summary>Of a chunk: its stream.</summary>
    public OutputStreamKind Stream => Kind == OutputRecordKind.Chunk ? (OutputStreamKind)Code : default;

    private int Code => (int)(_packed & ((1 << KindBits) - 1));

    /// <summary>A chunk that begins at a position.</summary>
    public static OutputMark Chunk(long position, OutputStreamKind stream) => new(position, (int)stream);

    /// <summary>The exit.</summary>
    public static OutputMark Exit(long position) => new(position, ExitCode);

    /// <summary>The close.</summary>
    public static OutputMark Close(long position) => new(position, CloseCode);
}
