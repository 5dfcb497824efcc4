using System.IO.Pipelines;
using ExecActors.Client;
using ExecActors.Hosting.Transports;

namespace ExecActors.Server.Running;

/// <summary>Passes our standard input on to the command, and its end.</summary>
/// <remarks>
/// Reading can only block and cannot be interrupted: it has a background thread, which lasts as long as the program. It reads ahead of the command by
/// 256 KiB and then waits for it.
/// </remarks>
internal static class InputPump
{
    private const int AheadBytes = 256 * 1024;
    private const int SegmentBytes = 64 * 1024;

    /// <summary>Runs until the input or the command ends. Never faults.</summary>
    public static async Task RunAsync(Stream input, RemoteProcess process, TextWriter error)
    {
        var pipe = new Pipe(new PipeOptions(
            pauseWriterThreshold: AheadBytes, resumeWriterThreshold: AheadBytes / 2, minimumSegmentSize: SegmentBytes, useSynchronizationContext: false));
        BlockingPump.StartReading(input, pipe.Writer);
        try
        {
            if (await PassOnAsync(pipe.Reader, process, error))
            {
                await CloseAsync(process, error);
            }
        }
        catch (ExecConnectionException)
        {
            // Whoever reads the output hears of it too, and says so.
        }
        catch (ExecRequestException e)
        {
            await error.WriteLineAsync($"execactors: the server refuses further input: {e.Message}");
        }

        // What the thread still reads is dropped, as it is when a command does not read its input to the end.
        await pipe.Reader.CompleteAsync();
    }

    /// <returns>Whether the command would take more.</returns>
    private static async Task<bool> PassOnAsync(PipeReader input, RemoteProcess process, TextWriter error)
    {
        try
        {
            ReadResult read;
            do
            {
                read = await input.ReadAsync();
                foreach (var segment in read.Buffer)
                {
                    if (!await process.WriteAsync(segment))
                    {
                        return false;
                    }
                }

                input.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCompleted);
        }
        catch (IOException e)
        {
            await error.WriteLineAsync($"execactors: standard input cannot be read: {e.Message}");
        }

        return true;
    }

    private static async Task CloseAsync(RemoteProcess process, TextWriter error)
    {
        if (process.CanCloseInput)
        {
            await process.CloseInputAsync();
            return;
        }

        await error.WriteLineAsync(
            "execactors: the end of standard input cannot be passed on, the server does not have processCloseStdin; a command that waits for it has to be interrupted");
    }
}
