using Akka.Actor;
using Akka.Streams;

using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Connections;

/// <summary>What the stages of one connection work with. It comes to them as an attribute, so that all connections share one graph, fused once.</summary>
internal sealed class ConnectionParts : Attributes.IAttribute
{
    /// <summary>Gathers the parts of a new connection.</summary>
    /// <param name="connection">Told of the ends, and of messages until the hand-over.</param>
    /// <param name="transport">Received from and sent to by the stages alone.</param>
    /// <param name="environment">Limits, credit and the size of the first buffer; what all connections share.</param>
    /// <param name="closed">Ends a receive or send that waits for the peer.</param>
    public ConnectionParts(IActorRef connection, IFrameTransport transport, ConnectionEnvironment environment, CancellationToken closed)
    {
        var settings = environment.Settings;
        Connection = connection;
        Transport = transport;
        Settings = settings;
        Closed = closed;
        MessageLimit = new MessageLimit(settings);
        Window = new RequestWindow(settings.Limits, Outbox, environment.Share?.Answers);
        Room = environment.Room;
        Messages = environment.Share?.Messages ?? Room.Budget;
        Reserve = new RequestReserve(settings.Limits, Window);
    }

    /// <summary>The connection's actor.</summary>
    public IActorRef Connection { get; }

    /// <summary>The socket or pipe.</summary>
    public IFrameTransport Transport { get; }

    /// <summary>All settings.</summary>
    public ExecServerSettings Settings { get; }

    /// <summary>Cancelled when waiting for the peer is pointless.</summary>
    public CancellationToken Closed { get; }

    /// <summary>The outgoing queue.</summary>
    public Outbox Outbox { get; } = new();

    /// <summary>Memory for long messages.</summary>
    public MessageRoom Room { get; }

    /// <summary>How much of it the principal may take.</summary>
    public ByteBudget Messages { get; }

    /// <summary>How long a message may be now.</summary>
    public MessageLimit MessageLimit { get; }

    /// <summary>How much may be under way.</summary>
    public RequestWindow Window { get; }

    /// <summary>What came beyond the window and may not pass.</summary>
    public RequestReserve Reserve { get; }

    /// <summary>The actor's hand on the end of the inbound half.</summary>
    public DispatchStage.Switch HandOver { get; } = new();

    /// <summary>The parts among a stage's attributes.</summary>
    /// <exception cref="InvalidOperationException">The graph was run without any.</exception>
    public static ConnectionParts Of(Attributes attributes) => attributes.GetAttribute<ConnectionParts>()
        ?? throw new InvalidOperationException($"the graph of a connection was run without its {nameof(ConnectionParts)}");
}
