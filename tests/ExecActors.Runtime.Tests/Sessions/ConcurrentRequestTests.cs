using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Sessions;

public sealed class ConcurrentRequestTests() : RuntimeTest("execactors.limits { concurrent-requests = 1, waiting-requests = 100000, in-flight-requests = 65536 }")
{
    private const string Wait = ",\"waitMs\":1000";

    [Fact]
    public async Task Requests_beyond_the_cap_run_in_order_when_those_before_are_answered()
    {
        var client = await AttachAsync();
        var child = await StartWithStdinAsync(client, "p");
        client.Send(Wire.Read(2, "p", Wait), Wire.Write(3, "p", "x", "a"), Wire.Read(4, "p"), Wire.Read(5, "p", Wait + ",\"afterSeq\":1"), Wire.Read(6, "p"));
        await SettledAsync(client);
        Assert.Empty(client.Frames.Now());
        Assert.Equal("", child.Written);

        child.Print("one");

        var answer = Wire.ReadResult(0, nextSeq: 2, Wire.Chunk(1, "one"));
        Assert.Equal(
            [Wire.Output("p", 1, "one"), WithId(answer, 2), Wire.WriteResult(3, "accepted"), WithId(answer, 4)],
            await client.Frames.NextAsync(4));
        await SettledAsync(client);
        Assert.Empty(client.Frames.Now());
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([Wire.ReadResult(5, nextSeq: 2), WithId(answer, 6)], await client.Frames.NextAsync(2));
    }

    [Fact]
    public async Task Control_requests_overtake()
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");
        client.Send(
            Wire.Read(2, "p", Wait), Wire.Read(3, "p"), Wire.Status(4), Wire.Signal(5, "p"), Wire.Terminate(6, "p"), """{"id":7,"method":"no/such"}""");

        Assert.Equal(
            [
                Wire.Ready(4), Wire.Result(5, "{}"), Wire.TerminateResult(6, running: true),
                Wire.Error(7, -32601, "exec-server stub does not implement `no/such` yet"),
            ],
            await client.Frames.NextAsync(4));
        Assert.Equal([2, 9], child.Signals);
    }

    [Fact]
    public async Task Requests_that_wait_for_the_cap_are_answered_when_the_process_they_name_failed_meanwhile()
    {
        var client = await AttachAsync();
        var child = await StartWithStdinAsync(client, "p");
        client.Send(Wire.Read(2, "p", Wait), Wire.Read(3, "p"), Wire.Read(4, "p"));
        await SettledAsync(client);

        child.BreakNextSignal();
        client.Send(Wire.Signal(5, "p"));
        var frames = await client.Frames.NextAsync(6);

        const string Failure = "the server lost this process to an internal failure and killed it; start it again";
        var answer = Wire.ReadResult(0, nextSeq: 3, exitCode: -1, closed: true, failure: Failure);
        Assert.Equal(
            [
                Wire.Error(5, -32603, Failure), Wire.Error(2, -32603, Failure), Wire.Exited("p", 1, -1), Wire.Closed("p", 2),
                WithId(answer, 3), WithId(answer, 4),
            ],
            frames);
        Assert.Equal(Wire.ReadResult(6, nextSeq: 3, exitCode: -1, closed: true, failure: Failure), await client.AskAsync(Wire.Read(6, "p")));
    }

    [Fact]
    public async Task Requests_that_wait_for_the_cap_are_answered_when_the_start_they_are_behind_failed()
    {
        var gate = Host.Hold();
        Host.FailWith(new ExecActors.Platform.ProcessStartException("no", 2));
        var client = await AttachAsync();
        client.Send(Wire.Start(2, "p"), Wire.Read(3, "p", Wait), Wire.Start(4, "p"));
        await gate.ReachedAsync();
        gate.Open();

        Assert.Equal(
            [Wire.StartError(2, "no", "spawnNotFound", 2), Wire.Error(3, -32600, "unknown process id p"), Wire.StartError(4, "no", "spawnNotFound", 2)],
            await client.Frames.NextAsync(3));
    }

    [Fact]
    public async Task Very_many_requests_that_are_answered_at_once_may_wait_for_the_cap()
    {
        const int Many = 50_000;
        var client = await AttachAsync();
        await StartAsync(client, "p");
        client.Send(Wire.Read(2, "p", Wait));
        client.Send(Enumerable.Repeat(Wire.Read(3, "unknown"), Many));
        await SettledAsync(client);
        Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Wire.ReadResult(2, nextSeq: 1), await client.Frames.NextAsync());
        Assert.All(await client.Frames.NextAsync(Many), frame => Assert.Equal(Wire.Error(3, -32600, "unknown process id unknown"), frame));
    }

    [Fact]
    public async Task What_waits_for_the_cap_goes_with_its_connection()
    {
        var first = await AttachAsync();
        var child = await StartWithStdinAsync(first, "p");
        first.Send(Wire.Read(2, "p", Wait), Wire.Write(3, "p", "x", "a"));
        await SettledAsync(first);
        first.Leave();
        var second = await NewClient().AttachAsync(resume: first.SessionId);

        Assert.Equal(Wire.ReadResult(4, nextSeq: 1), await second.AskAsync(Wire.Read(4, "p"))); // its places are its own
        Assert.Equal("", child.Written);
    }

    private static string WithId(string answer, int id) => answer.Replace("\"id\":0", $"\"id\":{id}", StringComparison.Ordinal);
}
