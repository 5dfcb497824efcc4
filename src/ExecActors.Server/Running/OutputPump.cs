using ExecActors.Client;
using ExecActors.Platform;

namespace ExecActors.Server.Running;

/// <summary>How the passing on of output ended.</summary>
internal enum OutputEnd
{
    /// <summary>All of it was written.</summary>
    Complete,

    /// <summary>Nobody reads our standard output any more.</summary>
    ReaderGone,

    /// <summary>It could not be written.</summary>
    Failed,
}

/// <summary>Writes a command's output to our own streams, each chunk at once.</summary>
internal sealed class OutputPump(Stream output, Stream error)
{
    /// <summary>SIGPIPE, which ends an ordinary program whose output nobody reads.</summary>
    public const int BrokenPipeSignal = 13;

    /// <summary>Why writing failed; empty otherwise.</summary>
    public string Failure { get; private set; } = "";

    /// <summary>Writes until the command's output ends or ours cannot be written.</summary>
    /// <exception cref="ExecConnectionException">The connection was lost; what came before is written.</exception>
    public async Task<OutputEnd> RunAsync(RemoteProcess process)
    {
        await foreach (var chunk in process.ReadOutputAsync())
        {
            try
            {
                // Blocks while nobody reads: then there is nothing else to do for this program either, but to hear signals on their own thread.
                (chunk.Kind == OutputKind.Stderr ? error : output).Write(chunk.Bytes.Span);
            }
            catch (IOException e)
            {
                Failure = e.Message;
                return e.HResult == DescriptorStream.BrokenPipe ? OutputEnd.ReaderGone : OutputEnd.Failed;
            }
        }

        return OutputEnd.Complete;
    }
}
