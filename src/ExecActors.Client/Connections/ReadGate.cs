using System.Threading.Channels;
using ExecActors.Client.Processes;

namespace ExecActors.Client.Connections;

/// <summary>Decides when the reader of a connection pauses because a process's output is not taken.</summary>
/// <remarks>
/// It pauses at the soft bound of the process whose chunk it has just delivered. While an urgent answer is awaited it goes on, since that
/// answer may be behind more output, up to the hard bound: so an interrupt or a terminate is answered although nobody takes output.
/// </remarks>
internal sealed class ReadGate(int softBytes)
{
    private const int HardFactor = 16;

    private readonly long _hardBytes = (long)softBytes * HardFactor;
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _urgent;

    /// <summary>An urgent answer is awaited from now on.</summary>
    public void BeginUrgent()
    {
        Interlocked.Increment(ref _urgent);
        _changed.Writer.TryWrite(true);
    }

    /// <summary>One urgent answer has come, or is not awaited any more.</summary>
    public void EndUrgent() => Interlocked.Decrement(ref _urgent);

    /// <summary>Output was taken.</summary>
    /// <param name="bytesBefore">What the process had queued before.</param>
    public void OnTaken(long bytesBefore)
    {
        if (bytesBefore >= softBytes)
        {
            _changed.Writer.TryWrite(true);
        }
    }

    /// <summary>Waits until the reader may go on after a delivery to this process.</summary>
    public ValueTask WaitAsync(ProcessInbox inbox, CancellationToken cancellationToken) =>
        IsOpenTo(inbox) ? ValueTask.CompletedTask : WaitForChangeAsync(inbox, cancellationToken);

    private async ValueTask WaitForChangeAsync(ProcessInbox inbox, CancellationToken cancellationToken)
    {
        do
        {
            await _changed.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        while (!IsOpenTo(inbox));
    }

    private bool IsOpenTo(ProcessInbox inbox) => inbox.QueuedBytes < (Volatile.Read(ref _urgent) > 0 ? _hardBytes : softBytes);
}
