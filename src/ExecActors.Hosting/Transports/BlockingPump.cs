using System.IO.Pipelines;

namespace ExecActors.Hosting.Transports;

/// <summary>Moves bytes between a stream that blocks and a pipe, on a thread that nobody else needs.</summary>
internal static class BlockingPump
{
    private const int ReadBytes = 64 * 1024;

    /// <summary>Reads the stream to its end into the pipe and completes the pipe, with the error if there was one.</summary>
    public static void StartReading(Stream input, PipeWriter pipe) => Start("stdin reader", () => Read(input, pipe));

    /// <summary>Writes what comes through the pipe and completes the pipe's reader, with the error if there was one.</summary>
    /// <returns>Completes when everything is written (null) or nothing more can be (the error); never faults.</returns>
    public static Task<IOException?> StartWritingAsync(PipeReader pipe, Stream output)
    {
        var written = new TaskCompletionSource<IOException?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Start("stdout writer", () => written.SetResult(Write(pipe, output)));
        return written.Task;
    }

    private static void Start(string name, ThreadStart body) => new Thread(body, 256 * 1024) { Name = name, IsBackground = true }.Start();

    private static void Read(Stream input, PipeWriter pipe)
    {
        try
        {
            int count;
            while ((count = input.Read(pipe.GetSpan(ReadBytes))) > 0)
            {
                pipe.Advance(count);
                if (Wait(pipe.FlushAsync()).IsCompleted)
                {
                    break; // nobody reads any more
                }
            }

            pipe.Complete();
        }
        catch (Exception e) when (IsStreamFailure(e))
        {
            pipe.Complete(new IOException(e.Message, e));
        }
    }

    private static IOException? Write(PipeReader pipe, Stream output)
    {
        try
        {
            ReadResult read;
            do
            {
                read = Wait(pipe.ReadAsync());
                foreach (var segment in read.Buffer)
                {
                    output.Write(segment.Span);
                }

                output.Flush();
                pipe.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCompleted);

            pipe.Complete();
            return null;
        }
        catch (Exception e) when (IsStreamFailure(e))
        {
            var gone = new IOException($"stdio is gone: {e.Message}", e);
            pipe.Complete(gone);
            return gone;
        }
    }

    private static bool IsStreamFailure(Exception e) =>
        e is IOException or UnauthorizedAccessException or ObjectDisposedException or NotSupportedException;

#pragma warning disable VSTHRD002 // blocking is what this thread is for; nothing on it is waited for by a pool thread
    private static T Wait<T>(ValueTask<T> task) => task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
}
