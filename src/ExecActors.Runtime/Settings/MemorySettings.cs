namespace ExecActors.Runtime.Settings;

/// <summary>Memory of the whole server (<c>execactors.memory</c>).</summary>
public sealed record MemorySettings
{
    /// <summary>Time between two looks while memory is used.</summary>
    public required TimeSpan LookInterval { get; init; }

    /// <summary>Allocated less than this between two looks is quiet, in bytes.</summary>
    public required int QuietBytes { get; init; }

    /// <summary>What a collection has to promise, in bytes.</summary>
    public required int GiveBackBytes { get; init; }

    /// <summary>Large answers of all connections, in bytes.</summary>
    public required long AnswerBytes { get; init; }

    /// <summary>Large answers of one principal, in bytes.</summary>
    public required long AnswerBytesPerPrincipal { get; init; }

    /// <summary>Long messages of all connections, in bytes.</summary>
    public required long MessageBytes { get; init; }

    /// <summary>Long messages of one principal, in bytes.</summary>
    public required long MessageBytesPerPrincipal { get; init; }

    /// <summary>How long a long message may take while others wait for its memory.</summary>
    public required TimeSpan MessagePatience { get; init; }

    /// <summary>Time between two collections.</summary>
    public required TimeSpan CollectInterval { get; init; }

    internal static MemorySettings Read(SettingsReader read) => new()
    {
        LookInterval = read.Duration("execactors.memory.look-interval", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        QuietBytes = read.Bytes("execactors.memory.quiet-bytes", 64 << 10, 1 << 30),
        GiveBackBytes = read.Bytes("execactors.memory.give-back-bytes", 1 << 20, 256 << 20),
        AnswerBytes = read.LongBytes("execactors.memory.answer-bytes", 1 << 20, 1L << 40),
        AnswerBytesPerPrincipal = read.LongBytes("execactors.memory.answer-bytes-per-principal", 1 << 20, 1L << 40),
        MessageBytes = read.LongBytes("execactors.memory.message-bytes", 1 << 20, 1L << 40),
        MessageBytesPerPrincipal = read.LongBytes("execactors.memory.message-bytes-per-principal", 1 << 20, 1L << 40),
        MessagePatience = read.Duration("execactors.memory.message-patience", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        CollectInterval = read.Duration("execactors.memory.collect-interval", TimeSpan.Zero, TimeSpan.FromHours(1)),
    };
}
