using System.Diagnostics;
using System.Globalization;

using Akka.Actor;

using ExecActors.Runtime.Tests.Connections;
using ExecActors.Runtime.Tests.Support;
using ExecActors.Testing;

using Newtonsoft.Json.Linq;

namespace ExecActors.Runtime.Tests.Faults;

/// <summary>
/// Connections, sessions, processes, watches and HTTP requests come, fail and go at random, with virtual time for as long as a session is kept. Whenever
/// all is forgotten there are the actors of the beginning and no others, those of the streams included, and nothing is left of what they owned.
/// </summary>
/// <remarks><c>EXECACTORS_SOAK_MINUTES</c>: how long; some sessions unless given. <c>EXECACTORS_FAULT_SEED</c>: decides what they do.</remarks>
public sealed class ChurnTests : ConnectionTest
{
    private const int SessionsAtOnce = 12;
    private const int Slice = 6;
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(10);
    private static readonly int _seed = int.Parse(Variable("EXECACTORS_FAULT_SEED") ?? "1", CultureInfo.InvariantCulture);
    private readonly Random _random = new(_seed);
    private readonly List<FakeChild> _children = [];
    private int _most;

    [Fact]
    public async Task Whatever_came_and_went_the_actors_that_are_left_are_those_of_the_beginning()
    {
        var duration = TimeSpan.FromMinutes(double.Parse(Variable("EXECACTORS_SOAK_MINUTES") ?? "0", CultureInfo.InvariantCulture));
        var watch = Stopwatch.StartNew();
        await IdentityAsync(Connections);
        var before = Actors();
        Assert.Contains(before, path => path.Contains("StreamSupervisor", StringComparison.Ordinal));
        for (var round = 0; round < Slice || watch.Elapsed < duration; round++)
        {
            for (var session = 0; session < SessionsAtOnce; session++)
            {
                await LiveAsync();
            }

            Assert.InRange(_most, before.Count + 3, int.MaxValue); // a connection with its stream, and a session at least
            await ForgottenAsync(before, round);
            Assert.Equal(before, Actors());
            Assert.Equal((0, 0), (Places.Taken, Room.Taken));
            Assert.All(_children, child => Assert.True(child.IsReleased));
            Assert.All(Host.Families, family => Assert.True(family.IsEnded));
            Assert.All(Watcher.Trees, tree => Assert.True(tree.IsDisposed));
            Assert.All(Watcher.Missing, missing => Assert.True(missing.IsDisposed));
        }
    }

    private static string? Variable(string name) => System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>One session from its first connection to its last.</summary>
    private async Task LiveAsync()
    {
        var (peer, id, ended) = await ConnectAsync();
        for (var number = _random.Next(4); number > 0; number--)
        {
            await RunAsync(peer, $"p{number}");
        }

        if (_random.Next(2) == 0)
        {
            await AskAsync(peer, 5, $$$"""{"id":5,"method":"fs/watch","params":{"watchId":1,"path":"file:///t","sandbox":null}}""");
            await AskAsync(peer, 6, $$$"""{"id":6,"method":"fs/watchMissing","params":{"watchId":1,"missing":["file:///m"],"present":null}}""");
        }

        if (_random.Next(2) == 0)
        {
            var stream = _random.Next(2) == 0 ? "true" : "false";
            await AskAsync(
                peer, 7, $$$"""{"id":7,"method":"http/request","params":{"method":"GET","url":"http://upstream/x","requestId":"r","headers":[],"streamResponse":{{{stream}}}}}""");
        }

        _most = Math.Max(_most, Actors().Count);
        await LeaveAsync(peer, id);
        await EndedAsync(ended);
    }

    private async Task RunAsync(ScriptedTransport peer, string processId)
    {
        await AskAsync(peer, 2, Wire.StartWithStdin(2, processId));
        var child = await Host.NextChildAsync();
        await child.BegunAsync();
        _children.Add(child);
        switch (_random.Next(6))
        {
            case 0:
                child.Print("output");
                break;
            case 1:
                child.TakeAtMost(0);
                peer.Send(Wire.Write(3, processId, "parked", "a"));
                break;
            case 2:
                peer.Send(Wire.Read(3, processId, ",\"waitMs\":60000"));
                break;
            case 3:
                child.Finish(0);
                break;
            case 4:
                child.BreakNextWrite();
                peer.Send(Wire.Write(3, processId, "its actor fails", "a"));
                break;
            default:
                peer.Send(Wire.Terminate(3, processId));
                break;
        }
    }

    private async Task LeaveAsync(ScriptedTransport peer, string id)
    {
        switch (_random.Next(5))
        {
            case 0:
                peer.BreakSends(new IOException("broken"));
                peer.Send(Wire.Status(8));
                break;
            case 1:
                peer.Send("""{"id":1,"result":"which no client may send"}""");
                break;
            case 2:
                var heir = new ScriptedTransport();
                var ended = Serve(heir);
                await AskAsync(heir, 1, Wire.Initialize(1, id).Replace("\"clientName\"", "\"takeover\":true,\"clientName\"", StringComparison.Ordinal));
                heir.End();
                await EndedAsync(ended);
                break;
            case 3:
                peer.End();
                (await ResumeWhenFreeAsync(id)).End();
                break;
            default:
                peer.End();
                break;
        }
    }

    private static async Task AskAsync(ScriptedTransport peer, int id, string request)
    {
        peer.Send(request);
        while ((int?)JObject.Parse(await peer.NextAsync())["id"] != id)
        {
            // what the processes say meanwhile
        }
    }

    // A close that the peer does not answer has a time-out.
    private async Task EndedAsync(Task ended)
    {
        while (!ended.IsCompleted)
        {
            Clock.Advance(Settings.Connection.CloseTimeout);
            await IdentityAsync(Connections);
        }

        await ended;
    }

    private async Task ForgottenAsync(IReadOnlyList<string> before, int round)
    {
        var started = Stopwatch.GetTimestamp();
        while (Actors().Count > before.Count)
        {
            Assert.True(
                Stopwatch.GetElapsedTime(started) < TestTimeouts.Default,
                $"left in round {round} of seed {_seed}: {string.Join(", ", Actors().Except(before, StringComparer.Ordinal))}");
            Clock.Advance(_step);
            await IdentityAsync(Registry);
            await IdentityAsync(Connections);
        }
    }

    private IReadOnlyList<string> Actors() =>
        [.. PathsBelow(((ExtendedActorSystem)Sys).Guardian).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> PathsBelow(IActorRef actor) => actor is ActorRefWithCell { Children: var children }
        ? children.SelectMany(child => PathsBelow(child).Append(child.Path.ToStringWithoutAddress()))
        : [];
}
