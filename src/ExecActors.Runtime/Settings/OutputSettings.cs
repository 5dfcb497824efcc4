namespace ExecActors.Runtime.Settings;

/// <summary>Output that is kept, of all processes (<c>execactors.output</c>).</summary>
public sealed record OutputSettings
{
    /// <summary>Absolute path of the directory for spill files; empty for the first of $STATE_DIRECTORY, else /var/tmp.</summary>
    public required string SpillDirectory { get; init; }

    /// <summary>Most disk space of all spill files, in bytes; a tenth of what is free at the start when that is less.</summary>
    public required long SpillBytes { get; init; }

    /// <summary>The same of one session, in bytes.</summary>
    public required long SpillBytesPerSession { get; init; }

    /// <summary>Memory that the output of one session takes, in bytes.</summary>
    public required long RingBytesPerSession { get; init; }

    /// <summary>What a connection that ends may have swallowed, in bytes on the wire.</summary>
    public required long SwallowedBytes { get; init; }

    internal static OutputSettings Read(SettingsReader read) => new()
    {
        SpillDirectory = read.PathOrEmpty("execactors.output.spill-directory"),
        SpillBytes = read.LongBytes("execactors.output.spill-bytes", 0, 1L << 50),
        SpillBytesPerSession = read.LongBytes("execactors.output.spill-bytes-per-session", 0, 1L << 50),
        RingBytesPerSession = read.LongBytes("execactors.output.ring-bytes-per-session", 1 << 20, 1L << 40),
        SwallowedBytes = read.LongBytes("execactors.output.swallowed-bytes", 0, 1L << 40),
    };
}
