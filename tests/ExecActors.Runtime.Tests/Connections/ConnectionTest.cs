using Akka.Actor;

using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Tests.Support;
using ExecActors.Testing;

using Newtonsoft.Json.Linq;

namespace ExecActors.Runtime.Tests.Connections;

/// <summary>A server's actors, connections included, on scripted transports.</summary>
public abstract class ConnectionTest : RuntimeTest
{
    /// <summary>With settings of its own, as HOCON.</summary>
    protected ConnectionTest(string hocon = "")
        : base(hocon)
    {
        Room = SharedPlaces.ForConnections(Settings.Limits);
        Connections = Sys.ActorOf(ConnectionSupervisor.Props(new ConnectionEnvironment(Registry, Settings, Lines), Room), "connections");
        Gateway = new ConnectionGateway(Connections, Room);
    }

    /// <summary>The supervisor.</summary>
    protected IActorRef Connections { get; }

    /// <summary>Counts the connections.</summary>
    private protected SharedPlaces Room { get; }

    /// <summary>As a listener has it.</summary>
    private protected ConnectionGateway Gateway { get; }

    /// <summary>Connects a peer. The task ends with the connection.</summary>
    private protected Task<ConnectionEnd> Serve(ScriptedTransport transport) => Gateway.ServeAsync(transport).SoonAsync();

    /// <summary>Connects a peer and shakes hands.</summary>
    private protected async Task<(ScriptedTransport Peer, string SessionId, Task<ConnectionEnd> Ended)> ConnectAsync(string? resume = null)
    {
        var peer = new ScriptedTransport();
        var ended = Serve(peer);
        peer.Send(Wire.Initialize(1, resume));
        var answer = await peer.NextAsync();
        var id = (string)JObject.Parse(answer)["result"]!["sessionId"]!;
        Assert.Equal(Wire.InitializeResult(1, id), answer);
        peer.Send(Wire.Initialized);
        return (peer, id, ended);
    }

    /// <summary>Resumes as soon as the session's connection is gone.</summary>
    private protected async Task<ScriptedTransport> ResumeWhenFreeAsync(string sessionId)
    {
        var peer = new ScriptedTransport();
        _ = Serve(peer);
        string answer;
        do
        {
            peer.Send(Wire.Initialize(1, sessionId));
            answer = await peer.NextAsync();
        }
        while (answer.Contains("-32010", StringComparison.Ordinal));

        Assert.Equal(Wire.InitializeResult(1, sessionId), answer);
        peer.Send(Wire.Initialized);
        return peer;
    }
}
