using ExecActors.Hosting.Transports;
using ExecActors.Platform;

namespace ExecActors.Server;

/// <summary>What the program touches of its surroundings, so that a test can run it whole without a process of its own.</summary>
internal sealed record ProgramIo
{
    /// <summary>Standard output for text: help, the version, the banner.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Standard error for text: usage and start-up errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Where log lines go. Not disposed.</summary>
    public required Stream Log { get; init; }

    /// <summary>Opens standard input; called when it is needed, at most once.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Opens standard output for frames; called when it is needed, at most once.</summary>
    public required Func<Stream> OpenOutput { get; init; }

    /// <summary>Reads an environment variable, as <see cref="NativeText"/>.</summary>
    public Func<string, string?> EnvironmentVariable { get; init; } = ProgramEnvironment.Variable;

    /// <summary>Adds to the services of the server before the program's own; the program adds nothing here.</summary>
    public Action<IServiceCollection> Compose { get; init; } = _ => { };

    /// <summary>Whether .NET's pool of threads is this program's alone, so that a server may make it whole and bound it.</summary>
    public bool OwnsPool { get; init; }

    /// <summary>Ends the server like a signal does.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>The real ones.</summary>
    /// <remarks>
    /// Not the streams of <see cref="Console"/>: they write control sequences to a terminal, which would get into a command's output.
    /// </remarks>
    public static ProgramIo OfThisProcess() => new()
    {
        Output = new StreamWriter(DescriptorStream.OpenOutput(dropsUnread: true)) { AutoFlush = true },
        Error = new StreamWriter(DescriptorStream.OpenError(dropsUnread: true)) { AutoFlush = true },
        Log = DescriptorStream.OpenError(dropsUnread: true),
        OpenInput = StandardStreams.OpenInput,
        OpenOutput = StandardStreams.OpenOutput,
        OwnsPool = true,
    };
}
