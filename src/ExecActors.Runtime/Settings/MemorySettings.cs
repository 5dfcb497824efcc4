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

    /// <summary>Large answers of one connection, in bytes.</summary>
    public required long AnswerBytesPerConnection { get; init; }

    /// <summary>Time between two collections.</summary>
    public required TimeSpan CollectInterval { get; init; }

    internal static MemorySettings Read(SettingsReader read) => new()
    {
        LookInterval = read.Duration("execactors.memory.look-interval", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        QuietBytes = read.Bytes("execactors.memory.quiet-bytes", 64 << 10, 1 << 30),
        GiveBackBytes = read.Bytes("execactors.memory.give-back-bytes", 1 << 20, 256 << 20),
        AnswerBytes = read.LongBytes("execactors.memory.answer-bytes", 1 << 20, 1L << 40),
        AnswerBytesPerConnection = read.LongBytes("execactors.memory.answer-bytes-per-connection", 1 << 20, 1L << 40),
        CollectInterval = read.Duration("execactors.memory.collect-interval", TimeSpan.Zero, TimeSpan.FromHours(1)),
    };
}
