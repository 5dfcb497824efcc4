using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>The pidfd of a child's leader. The reactor closes it when the leader is reaped.</summary>
internal sealed class ExitWatch : ReactorSource
{
    private readonly ChildProcess _child;

    public ExitWatch(Reactor reactor, ChildProcess child, SafeFileHandle pidfd)
        : base(reactor, pidfd) => _child = child;

    /// <summary>Registers the descriptor without any interest, so that <see cref="Arm"/> cannot fail.</summary>
    /// <returns>0 or an errno.</returns>
    public int Register() => Reactor.Add(this, Libc.EPOLLET);

    /// <summary>Begins to hear of the exit; one that was before counts.</summary>
    public void Arm() => Reactor.Modify(this, Libc.EPOLLIN | Libc.EPOLLET);

    public override void OnReady(uint events)
    {
        if (_child.ExitStatus(reap: false) is { } status)
        {
            _child.OnLeaderEnded(status);
        }
    }

    public override void OnFailed(Exception failure) => _child.Fail(failure);

    /// <summary>How the leader ended, null while it runs.</summary>
    /// <param name="reap">Takes it out of the process table; its pid may then be given to a stranger.</param>
    public ExitStatus? Status(bool reap)
    {
        int result;
        SignalInfo info;
        while ((result = Libc.WaitId(Handle, reap, out info)) < 0 && Libc.LastErrno == Errno.EINTR)
        {
        }

        if (result < 0)
        {
            return new ExitStatus(-1, 0); // ECHILD: somebody else in this program reaped it and knows how it ended
        }

        return info.HasChild ? info.ExitStatus : null;
    }
}
