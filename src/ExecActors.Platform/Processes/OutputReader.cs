#pragma warning disable CA2000 // the lease passes to the observer
using System.Diagnostics;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>Reads one output of a child as far as its credit goes. All but <see cref="Grant"/> happens on the reactor's thread.</summary>
internal sealed class OutputReader : ReactorSource
{
    private const uint Interest = Libc.EPOLLIN | Libc.EPOLLET;

    /// <summary>Bytes read in one turn before the other descriptors get theirs.</summary>
    private const int TurnBytes = 256 * 1024;

    /// <summary>A program that has filled as many whole pipes will fill more, and gets a wide one.</summary>
    private const int FullPipes = 8;

    /// <summary>What a terminal may still hold at exit; its buffers have no capacity to ask for.</summary>
    private const int TerminalDrainBytes = 1024 * 1024;

    private const int StreamEnd = 0;
    private const int StreamEmpty = -1;

    private readonly ChildProcess _child;
    private readonly WidePipes _widePipes;
    private readonly OutputStreamKind _kind;
    private ReadPace _pace; // mutable: touched on the reactor's thread alone
    private int _fullPipes;
    private bool _isWide;
    private bool _isQuiet; // without interest, for a rest
    private long _credit;
    private int _starved; // 1 when it does not listen for want of credit
    private bool _hungUp;
    private bool _leaderEnded;
    private bool _closed;

    public OutputReader(Reactor reactor, ChildProcess child, WidePipes widePipes, OutputStreamKind kind, SafeFileHandle handle)
        : base(reactor, handle)
    {
        _child = child;
        _widePipes = widePipes;
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
        Interlocked.Add(ref _credit, bytes); // a full barrier: see StopListening
        ArmIfStarved();
    }

    public override void OnReady(uint events)
    {
        if (_closed || !_child.HasBegun)
        {
            return;
        }

        _hungUp |= (events & (Libc.EPOLLHUP | Libc.EPOLLERR)) != 0;
        var rested = RestsUntil != 0;
        for (var total = 0; total < TurnBytes;)
        {
            if (!MayRead())
            {
                StopListening();
                return;
            }

            RestsUntil = 0;
            var count = ReadOnce();
            total += count;

            // A short read has emptied the stream, and the next write is a new edge: no second call to hear EAGAIN. With all writers
            // gone there will be no edge.
            if (count < ReadBuffer.Size && (count == 0 || !_hungUp))
            {
                ListenOrRest(total, rested);
                return;
            }

            OnFullRead();
        }

        Reactor.Again(this);
    }

    private void OnFullRead()
    {
        if (_kind != OutputStreamKind.Terminal && ++_fullPipes == FullPipes)
        {
            _isWide = _widePipes.TryWiden(Handle);
        }
    }

    private void ListenOrRest(int count, bool rested)
    {
        if (_closed)
        {
            return;
        }

        var rest = _pace.RestAfter(count, Stopwatch.GetTimestamp(), rested, _child.InputCount);
        if (rest > 0 && !_hungUp)
        {
            if (!_isQuiet)
            {
                _isQuiet = true;
                Reactor.Modify(this, Libc.EPOLLET); // its writes wake nobody
            }

            Reactor.Rest(this, rest);
        }
        else if (_isQuiet)
        {
            _isQuiet = false;
            Arm();
        }
    }

    // Without credit the program's writes wake nobody, only an end does. Credit that comes meanwhile arms again, on its thread or here.
    private void StopListening()
    {
        _isQuiet = false;
        if (!_hungUp)
        {
            Reactor.Modify(this, Libc.EPOLLET); // of an end epoll would tell anew with each change of interest
        }

        Interlocked.Exchange(ref _starved, 1);
        ArmIfStarved();
    }

    // The edge that came without credit was let pass. A stream that rests is not disturbed: it looks for credit when it has rested.
    private void ArmIfStarved()
    {
        if (Volatile.Read(ref _starved) == 1 && Interlocked.Read(ref _credit) > 0 && Interlocked.Exchange(ref _starved, 0) == 1)
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
        if (_isWide)
        {
            _isWide = false;
            _widePipes.Return();
        }
    }

    // Without credit only an end may be read: all writers are gone and nothing is left in between.
    private bool MayRead() => Interlocked.Read(ref _credit) > 0 || (_hungUp && Libc.BytesReadable(Handle) == 0);

    /// <summary>Reads into one buffer what there is: one read of a pipe, all pages of a terminal, which come one by one.</summary>
    /// <returns>The bytes read; 0 when the stream is empty for now or has ended.</returns>
    private int ReadOnce()
    {
        var buffer = Reactor.Buffer.Free;
        var count = 0;
        int read;
        do
        {
            read = Read(buffer[count..]);
            count += Math.Max(read, 0);
        }
        while (read > 0 && count < buffer.Length && _kind == OutputStreamKind.Terminal);

        if (count > 0)
        {
            Interlocked.Add(ref _credit, -count);
            _child.Observe(Reactor.Buffer.Take(count), _kind);
        }

        if (read == StreamEnd && !_closed)
        {
            End();
        }

        return _closed ? 0 : count;
    }

    /// <returns>The bytes read; <see cref="StreamEmpty"/> when there are none for now, <see cref="StreamEnd"/> when there will be none.</returns>
    private int Read(Span<byte> buffer)
    {
        int count;
        while ((count = Libc.Read(Handle, buffer)) < 0)
        {
            switch (Libc.LastErrno)
            {
                case Errno.EINTR:
                    continue;
                case Errno.EAGAIN:
                    return StreamEmpty;
                case Errno.EIO when _kind == OutputStreamKind.Terminal && !_leaderEnded:
                    // Nobody holds the terminal for now, but its leader can still open it by /dev/tty. Closing the master here would
                    // send SIGHUP to a program that closes its descriptors before it exits, as cat does.
                    return StreamEmpty;
                default:
                    // EIO: the terminal's last holder is gone. Anything else: nothing can be read from it any more.
                    return StreamEnd;
            }
        }

        return count;
    }

    private void End()
    {
        Abandon();
        _child.OnOutputEnded(_kind);
    }
}
