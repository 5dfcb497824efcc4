using Akka.Actor;
using Akka.Streams;

using ExecActors.Runtime.Memory;

using static ExecActors.Runtime.Connections.ConnectionProtocol;

namespace ExecActors.Runtime.Connections;

/// <summary>All connections of a server: one child each, one materializer for their graphs, and the drain at shutdown.</summary>
/// <remarks>
/// Parent: the user guardian (/user/connections). Children: one ConnectionActor per transport, and the graphs' actors.
/// Supervision: a failed connection is stopped; its own failures are resumed.
/// Behaviours: Accepting -> Draining.
/// Timers: none.
/// </remarks>
internal sealed class ConnectionSupervisor : ResumingActor
{
    private readonly ConnectionEnvironment _environment;
    private readonly SharedPlaces _places;
    private readonly Dictionary<IActorRef, Accept> _connections = [];
    private readonly Strangers<IActorRef> _strangers;
    private readonly List<IActorRef> _drainers = [];
    private readonly MemoryShares _shares;
    private IMaterializer _materializer = null!;
    private long _number;

    /// <summary>Called by Akka; use <see cref="Props"/>.</summary>
    public ConnectionSupervisor(ConnectionEnvironment environment, SharedPlaces places)
        : base(environment.Log)
    {
        _environment = environment;
        _places = places;
        _shares = new MemoryShares(environment.Settings, environment.Room);
        var limits = environment.Settings.Limits;
        _strangers = new Strangers<IActorRef>(limits.Handshakes, limits.HandshakesPerPrincipal, static _ => true);
    }

    /// <summary>No connections yet. <paramref name="places"/> gets one back for each that ends.</summary>
    public static Props Props(ConnectionEnvironment environment, SharedPlaces places) =>
        ActorProducer.PropsOf(() => new ConnectionSupervisor(environment, places));

    /// <inheritdoc/>
    protected override void PreStart() => _materializer = Context.Materializer();

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <inheritdoc/>
    protected override bool Receive(object message) => Accepting(message);

    private bool Accepting(object message)
    {
        switch (message)
        {
            case Accept accept:
                OnAccept(accept);
                return true;
            default:
                return ReceiveAny(message);
        }
    }

    private bool Draining(object message)
    {
        switch (message)
        {
            case Accept accept:
                _places.GiveBack(accept.Transport.Principal);
                accept.Ended.TrySetResult(new ConnectionEnd("refused: the server is shutting down"));
                return true;
            default:
                return ReceiveAny(message);
        }
    }

    private bool ReceiveAny(object message)
    {
        switch (message)
        {
            case Terminated terminated:
                OnTerminated(terminated);
                return true;
            case Known:
                _strangers.Remove(Sender);
                return true;
            case Drain:
                OnDrain();
                return true;
            default:
                return false;
        }
    }

    private void OnAccept(Accept accept)
    {
        var environment = _environment with { Share = _shares.Enter(accept.Transport.Principal) };
        var props = ConnectionActor.Props(++_number, accept.Transport, environment, accept.Ended, _materializer);
        var connection = Context.Watch(Context.ActorOf(props, $"connection-{_number}"));
        _connections.Add(connection, accept);
        _strangers.Add(connection, accept.Transport.Principal.Share)?.Tell(MakeRoom.Instance);
    }

    private void OnTerminated(Terminated terminated)
    {
        if (_connections.Remove(terminated.ActorRef, out var accept))
        {
            accept.Ended.TrySetResult(new ConnectionEnd("the connection could not be served")); // one that was has said how it ended
            _places.GiveBack(accept.Transport.Principal);
            _strangers.Remove(terminated.ActorRef);
            _shares.Leave(accept.Transport.Principal);
            _environment.Memory.Tell(MemoryProtocol.LoadEnded.Instance, ActorRefs.NoSender);
        }

        AnswerDrainers();
    }

    private void OnDrain()
    {
        _drainers.Add(Sender);
        Become(Draining);
        if (_connections.Count > 0)
        {
            ConnectionLog.Draining(Log, _connections.Count);
        }

        foreach (var connection in _connections.Keys)
        {
            connection.Tell(Shutdown.Instance);
        }

        AnswerDrainers();
    }

    private void AnswerDrainers()
    {
        if (_connections.Count > 0)
        {
            return;
        }

        foreach (var drainer in _drainers)
        {
            drainer.Tell(Drained.Instance);
        }

        _drainers.Clear();
    }
}
