using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>Our end of a child's standard input. Its holder writes and closes; only the news that there is room comes from the reactor's thread.</summary>
internal sealed class StdinWriter : ReactorSource
{
    private readonly ChildProcess _child;
    private int _waiting;
    private int _writes;

    public StdinWriter(Reactor reactor, ChildProcess child, SafeFileHandle handle)
        : base(reactor, handle) => _child = child;

    /// <summary>How often was written; counted before the bytes are where the program can see them. From any thread.</summary>
    public int Writes => Volatile.Read(ref _writes);

    /// <summary>Registers the descriptor without any interest, so that waiting for room cannot fail.</summary>
    /// <returns>0 or an errno.</returns>
    public int Register() => Reactor.Add(this, Libc.EPOLLONESHOT);

    /// <summary>As <see cref="IChildProcess.TryWrite"/>.</summary>
    public int TryWrite(ReadOnlySpan<byte> bytes)
    {
        Interlocked.Increment(ref _writes);
        var taken = 0;
        try
        {
            while (taken < bytes.Length)
            {
                var count = Libc.Write(Handle, bytes[taken..]);
                if (count > 0)
                {
                    taken += count;
                    continue;
                }

                var errno = count == 0 ? Errno.EAGAIN : Libc.LastErrno;
                if (errno == Errno.EAGAIN)
                {
                    WaitForRoom();
                    return taken;
                }

                if (errno != Errno.EINTR)
                {
                    return -1; // EPIPE, or EIO from a terminal: nobody can read it any more
                }
            }
        }
        catch (ObjectDisposedException)
        {
            return -1;
        }

        return taken;
    }

    public override void OnReady(uint events)
    {
        // The error bits are reported unasked: only who waits is told.
        if (Interlocked.Exchange(ref _waiting, 0) == 1)
        {
            _child.ObserveStdinReady();
        }
    }

    /// <summary>Nobody holds the terminal any more and its leader has ended. The master would go on taking bytes that nobody can read.</summary>
    public void OnTerminalEnded()
    {
        Close();
        OnReady(0);
    }

    public override void OnFailed(Exception failure) => _child.Fail(failure);

    // One shot: otherwise each read of the program would wake the reactor. Arming looks at the state too, so that no room is missed.
    private void WaitForRoom()
    {
        Volatile.Write(ref _waiting, 1);
        Reactor.Modify(this, Libc.EPOLLOUT | Libc.EPOLLONESHOT);
    }
}
