using System.Collections.Concurrent;
using System.Text;

namespace ExecActors.Server.Logging;

/// <summary>Writes lines on a thread of its own, so that a standard error nobody reads holds up no one.</summary>
/// <remarks>Keeps 4,096 lines. When they are not taken, further ones are dropped and counted; a line says how many once there is room.</remarks>
internal sealed class LogQueue : IDisposable
{
    private const int Capacity = 4096;
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromMilliseconds(250);

    private readonly BlockingCollection<string> _lines = new(Capacity);
    private readonly Thread _writer;
#pragma warning disable CA2213 // the caller's
    private readonly Stream _stream;
#pragma warning restore CA2213
    private readonly TimeProvider _time;
    private int _dropped;
    private int _disposed;

    /// <summary>Starts the writing thread; the stream stays the caller's.</summary>
    public LogQueue(Stream stream, TimeProvider time)
    {
        _stream = stream;
        _time = time;
        _writer = new Thread(Write, 256 * 1024) { Name = "log writer", IsBackground = true };
        _writer.Start();
    }

    /// <summary>Queues a line or drops it; never waits, never throws, also after the end.</summary>
    public void Add(string line)
    {
        try
        {
            if (_lines.TryAdd(line))
            {
                return;
            }
        }
        catch (Exception e) when (e is InvalidOperationException or ObjectDisposedException)
        {
            // After the end nobody writes any more.
        }

        Interlocked.Increment(ref _dropped);
    }

    /// <summary>Ends the thread after what is queued, or without it when it takes too long.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _lines.CompleteAdding();
        if (_writer.Join(DrainTimeout))
        {
            _lines.Dispose();
        }
    }

    private void Write()
    {
        try
        {
            foreach (var line in _lines.GetConsumingEnumerable())
            {
                WriteLine(line);
                if (Interlocked.Exchange(ref _dropped, 0) is var dropped and > 0)
                {
                    WriteLine(LogLine.Format(
                        _time.GetUtcNow(), LogLevel.Warning, typeof(LogQueue).FullName!, new EventId(1, "Dropped"), $"{dropped} log lines were dropped here", null, null));
                }
            }
        }
        catch (IOException)
        {
            // Standard error is gone; there is no other place to say so. Lines are dropped from now on.
        }
    }

    private void WriteLine(string line) => _stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
}
