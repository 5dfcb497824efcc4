using Akka.Actor;
using Akka.TestKit;

using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Sessions;
using ExecActors.Runtime.Settings;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Support;

/// <summary>A connection without a socket: a probe in the place of its actor, JSON in, frames out.</summary>
internal sealed class TestClient
{
    private const int InitializeId = 1;

    private readonly IActorRef _registry;
    private SessionProtocol.Attached? _attached;

    public TestClient(IActorRef registry, TestProbe connection, LimitSettings limits)
    {
        _registry = registry;
        Connection = connection;
        Outbox = new Outbox();
        Window = new RequestWindow(limits, Outbox);
        Frames = new OutboxReader(Outbox, Window);
    }

    /// <summary>In the place of the connection's actor.</summary>
    public TestProbe Connection { get; }

    /// <summary>Who it is.</summary>
    public Principal Principal { get; init; } = Principal.Anyone(address: null);

    public Outbox Outbox { get; }

    public RequestWindow Window { get; }

    /// <summary>What the client receives.</summary>
    public OutboxReader Frames { get; }

    public IActorRef Session => _attached!.Session;

    public string SessionId => _attached!.Id.Value;

    public long Epoch => _attached!.Epoch;

    /// <summary>Asks for a session.</summary>
    public void Open(string? resume = null, bool takeover = false) =>
        _registry.Tell(new RegistryProtocol.Open(new ConnectionLink(Connection.Ref, Outbox, Window, RequestId.FromNumber(InitializeId), "test", Principal), resume, takeover), Connection.Ref);

    /// <summary>Asks for a session and gets one; the answer to initialize is taken off the frames.</summary>
    public async Task<TestClient> AttachAsync(string? resume = null, bool takeover = false)
    {
        Open(resume, takeover);
        _attached = await Connection.ExpectMsgAsync<SessionProtocol.Attached>(TestTimeouts.Default);
        Window.Hold(_attached.HeldBytes);
        Assert.Equal(Wire.InitializeResult(InitializeId, SessionId), await Frames.NextAsync());
        return this;
    }

    /// <summary>Asks for a session and is refused.</summary>
    public async Task<RpcError> RefusedAsync(string? resume = null, bool takeover = false)
    {
        Open(resume, takeover);
        return (await Connection.ExpectMsgAsync<RegistryProtocol.Refused>(TestTimeouts.Default)).Error;
    }

    /// <summary>Sends messages.</summary>
    public void Send(params IEnumerable<string> messages)
    {
        foreach (var json in messages)
        {
            var message = Wire.Decode(json);
            Window.Enter(message.Weight);
            Session.Tell(new SessionProtocol.Inbound(Epoch, message), ActorRefs.NoSender);
        }
    }

    /// <summary>Sends one request and takes the next frame for its answer.</summary>
    public Task<string> AskAsync(string json)
    {
        Send(json);
        return Frames.NextAsync();
    }

    /// <summary>The connection says that it ended.</summary>
    /// <param name="goodbye">Whether the client said that it leaves.</param>
    public void Leave(bool goodbye = false) => _registry.Tell(new RegistryProtocol.ConnectionEnded(_attached!.Id, Epoch, goodbye), Connection.Ref);
}
