#pragma warning disable CA2000 // the lease passes to the observer
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>Reads one output of a child as far as its credit goes. All but <see cref="Grant"/> happens on the reactor's thread.</summary>
internal sealed class OutputReader : ReactorSource
{
    private const uint Interest = Libc.EPOLLIN | Libc.EPOLLET;

    /// <summary>Bytes read in one turn before the other descriptors get theirs.</summary>
    private const int TurnBytes = 256 * 1024;

    /// <summary>What a terminal may still hold at exit; its buffers have no capacity to ask for.</summary>
    private const int TerminalDrainBytes = 1024 * 1024;

    private readonly ChildProcess _child;
    private readonly OutputStreamKind _kind;
    private long _credit;
    private bool _hungUp;
    private bool _leaderEnded;
    private bool _closed;

    public OutputReader(Reactor reactor, ChildProcess child, OutputStreamKind kind, SafeFileHandle handle)
        : base(reactor, handle)
    {
        _child = child;
        _kind = kind;
    }

    public OutputStreamKind Kind => _kind;

    /// <summary>Registers the descriptor without any interest, so that <see cref="Arm"/> cannot fail.</summary>
    /// <returns>0 or an errno.</returns>
    public int Register() => Reactor.Add(this, Libc.EPOLLET);

    /// <summary>Begins to hear of output; what is there already counts.</summary>
    public void Arm() => Reactor.Modify(this, Interest);

    /// <summary>Adds credit. From any thread.</summary>
    public void Grant(int bytes)
    {
        var credit = Interlocked.Add(ref _credit, bytes);

        // Whoever lifts it above zero re-arms: the edge that came without credit was let pass. Before the beginning, Arm will do it.
        if (credit > 0 && credit - bytes <= 0 && _child.HasBegun)
        {
            Arm();
        }
    }

    public override void OnReady(uint events)
    {
        if (_closed || !_child.HasBegun)
        {
            return;
        }

        _hungUp |= (events & (Libc.EPOLLHUP | Libc.EPOLLERR)) != 0;
        for (var total = 0; total < TurnBytes;)
        {
            if (!MayRead())
            {
                StopListening();
                return;
            }

            if (ReadOnce() is not (> 0 and var count))
            {
                return;
            }

            // A short read has emptied a pipe, and the next write is a new edge: no second call to hear EAGAIN. With all writers
            // gone there will be no edge, and a terminal hands out its pages one by one.
            if (count < ReadBuffer.Size && !_hungUp && _kind != OutputStreamKind.Terminal)
            {
                return;
            }

            total += count;
        }

        Reactor.Again(this);
    }

    // Without credit the program's writes wake nobody, only an end does. Credit that comes meanwhile arms again, on its thread or here.
    private void StopListening()
    {
        Reactor.Modify(this, Libc.EPOLLET);
        if (Interlocked.Read(ref _credit) > 0)
        {
            Arm();
        }
    }

    public override void OnFailed(Exception failure) => _child.Fail(failure);

    /// <summary>After the leader's exit: reads what was in the stream, whatever the credit, and its end when it ended too.</summary>
    public void Drain()
    {
        _leaderEnded = true;
        if (_closed)
        {
            return;
        }

        // One byte more than fits, so that the end behind a full pipe is met, while a writer left behind cannot keep us here.
        var limit = _kind == OutputStreamKind.Terminal ? TerminalDrainBytes : Math.Max(Libc.PipeCapacity(Handle), ReadBuffer.Size);
        for (long total = 0; total <= limit;)
        {
            if (ReadOnce() is not (> 0 and var count))
            {
                return;
            }

            total += count;
        }

        Reactor.Again(this);
    }

    /// <summary>Closes without a callback.</summary>
    public void Abandon()
    {
        _closed = true;
        Close();
    }

    // Without credit only an end may be read: all writers are gone and nothing is left in between.
    private bool MayRead() => Interlocked.Read(ref _credit) > 0 || (_hungUp && Libc.BytesReadable(Handle) == 0);

    /// <returns>The bytes read; 0 when the stream is empty for now or has ended.</returns>
    private int ReadOnce()
    {
        int count;
        while ((count = Libc.Read(Handle, Reactor.Buffer.Free)) < 0)
        {
            switch (Libc.LastErrno)
            {
                case Errno.EINTR:
                    continue;
                case Errno.EAGAIN:
                    return 0;
                case Errno.EIO when _kind == OutputStreamKind.Terminal && !_leaderEnded:
                    // Nobody holds the terminal for now, but its leader can still open it by /dev/tty. Closing the master here would
                    // send SIGHUP to a program that closes its descriptors before it exits, as cat does.
                    return 0;
                default:
                    // EIO: the terminal's last holder is gone. Anything else: nothing can be read from it any more.
                    End();
                    return 0;
            }
        }

        if (count == 0)
        {
            End();
            return 0;
        }

        Interlocked.Add(ref _credit, -count);
        _child.Observe(Reactor.Buffer.Take(count), _kind);
        return _closed ? 0 : count;
    }

    private void End()
    {
        Abandon();
        _child.OnOutputEnded(_kind);
    }
}
