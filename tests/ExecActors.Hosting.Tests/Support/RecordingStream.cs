using System.Collections.Concurrent;
using System.Text;

namespace ExecActors.Hosting.Tests.Support;

/// <summary>Keeps each write by itself, as Latin-1; can hold one back.</summary>
internal sealed class RecordingStream : MemoryStream
{
    private readonly ConcurrentQueue<string> _writes = [];
    private TaskCompletionSource? _hold;

    public IReadOnlyList<string> Writes => [.. _writes];

    /// <summary>Makes the next asynchronous write wait for the result of what is returned.</summary>
    public TaskCompletionSource HoldNextWrite() => _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _hold, null) is { } hold)
        {
            await hold.Task;
        }

        Write(buffer.Span);
    }

    public override void Write(ReadOnlySpan<byte> buffer) => _writes.Enqueue(Encoding.Latin1.GetString(buffer));
}
