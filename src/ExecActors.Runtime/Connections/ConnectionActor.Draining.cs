using Akka.Actor;

using static ExecActors.Runtime.Connections.ConnectionProtocol;

namespace ExecActors.Runtime.Connections;

/// <summary>The end of input of a peer that still listens: what it asked last is answered before the connection ends.</summary>
internal sealed partial class ConnectionActor
{
    private ReceiveEnded? _drained; // the end of input that its last requests hold up

    // The peer has sent everything and still listens: what it asked last is answered first. What is parked would be waited for in vain.
    private void Drain(ReceiveEnded ended)
    {
        _drained = ended;
        Timers.StartSingleTimer(DrainOverdue.Instance, DrainOverdue.Instance, _environment.Settings.Connection.CloseTimeout);
        var self = Self;
        _window.OnIdle(() => self.Tell(Idle.Instance, ActorRefs.NoSender));
        GoOnDraining();
    }

    private void GoOnDraining()
    {
        if (_drained is not null && _window.IsIdle)
        {
            OnIdle();
        }
    }

    // Settled is not yet offered: the session says when it is through. While it opens, its answer tells that.
    private void OnIdle()
    {
        if (_isOpening)
        {
            return;
        }

        if (_attached is { } attached)
        {
            attached.Session.Tell(new Identify(null), Self);
        }
        else
        {
            EndDraining();
        }
    }

    private void OnSessionCaughtUp()
    {
        if (_window.IsIdle)
        {
            EndDraining();
        }
    }

    private void EndDraining()
    {
        Timers.Cancel(DrainOverdue.Instance);
        if (_drained is { } ended && !_receiveEnded)
        {
            OnReceiveEnded(ended);
        }
    }

    private sealed record Idle : INoSerializationVerificationNeeded
    {
        public static Idle Instance { get; } = new();
    }

    private sealed record DrainOverdue : INoSerializationVerificationNeeded
    {
        public static DrainOverdue Instance { get; } = new();
    }
}
