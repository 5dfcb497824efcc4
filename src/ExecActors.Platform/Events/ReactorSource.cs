using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>A descriptor that a <see cref="Reactor"/> watches. It owns the descriptor and closes it with <see cref="Close"/>.</summary>
internal abstract class ReactorSource(Reactor reactor, SafeFileHandle handle)
{
    /// <summary>What epoll gives back with each event. Never used twice, unlike a descriptor's number.</summary>
    public long Token { get; } = reactor.NextToken();

    /// <summary>Whether the source waits for another turn; touched by the reactor alone.</summary>
    public bool IsQueued { get; set; }

    /// <summary>When the source is to have a turn after a rest, by <see cref="Stopwatch"/>; 0 when it does not rest. Touched by the reactor's thread alone.</summary>
    public long RestsUntil { get; set; }

    public SafeFileHandle Handle => handle;

    protected Reactor Reactor => reactor;

    /// <summary>Called on the reactor's thread with EPOLL… bits, or 0 for a turn asked for with <see cref="Reactor.Again"/> or <see cref="Reactor.Rest"/>.</summary>
    public abstract void OnReady(uint events);

    /// <summary>Called on the reactor's thread when <see cref="OnReady"/> threw.</summary>
    public abstract void OnFailed(Exception failure);

    /// <summary>Ends the watch and closes the descriptor. A second call does nothing.</summary>
    public void Close()
    {
        reactor.Remove(this);
        handle.Dispose();
    }
}
