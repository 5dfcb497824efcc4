using ExecActors.Platform;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Processes;

public sealed class StartTests : RuntimeTest
{
    private const string Missing = "No such file or directory (os error 2)";

    private const string NetworkProxy =
        """
        ,"networkProxy":{"proxy":{"enabled":true,"enableSocks5":false,"enableSocks5Udp":false,"allowUpstreamProxy":false,
        "dangerouslyAllowAllUnixSockets":false,"mode":"full","allowLocalBinding":false}}
        """;

    [Fact]
    public async Task A_failed_start_frees_the_id_and_answers_what_waited_for_it()
    {
        var gate = Host.Hold();
        Host.FailWith(new ProcessStartException(Missing, 2));
        var client = await AttachAsync();
        client.Send(
            Wire.StartWithStdin(2, "p"), Wire.Read(3, "p", ",\"waitMs\":1000"), Wire.Write(4, "p", "x", "w"), Wire.Signal(5, "p"), Wire.Terminate(6, "p"));
        await gate.ReachedAsync();
        await SettledAsync(client);
        Assert.Empty(client.Frames.Now());

        gate.Open();

        Assert.Equal(
            [
                Wire.StartError(2, Missing, "spawnNotFound", 2), Wire.Error(3, -32600, "unknown process id p"), Wire.WriteResult(4, "unknownProcess"),
                Wire.Result(5, "{}"), Wire.TerminateResult(6, running: false),
            ],
            await client.Frames.NextAsync(5));
        await SettledAsync(client);
        Assert.Equal(0, Places.Taken);
        Host.FailWith(failure: null);
        await StartAsync(client, "p");
    }

    [Fact]
    public async Task A_host_that_fails_in_an_unknown_way_is_an_error_of_the_start()
    {
        Host.FailWith(new InvalidOperationException("no such thing"));
        var client = await AttachAsync();

        Assert.Equal(Wire.StartError(2, "the process could not be started: no such thing"), await client.AskAsync(Wire.Start(2, "p")));
    }

    [Fact]
    public async Task A_terminate_cancels_a_start_that_takes_too_long_and_a_child_that_starts_later_is_given_back()
    {
        var gate = Host.Hold();
        var client = await AttachAsync();
        client.Send(Wire.Start(2, "p"), Wire.Terminate(3, "p"));
        await gate.ReachedAsync();
        await SettledAsync(client);

        Clock.Advance(Settings.Process.StartPatience - TimeSpan.FromMilliseconds(1));
        await SettledAsync(client);
        Assert.Empty(client.Frames.Now());
        Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(
            [Wire.Error(2, -32600, "process p start was cancelled"), Wire.TerminateResult(3, running: true)],
            await client.Frames.NextAsync(2));
        gate.Open();
        var child = await Host.NextChildAsync();
        await child.ReleasedAsync();
        await SettledAsync(client);
        Assert.Equal(0, Places.Taken);
        await StartAsync(client, "p");
    }

    [Fact]
    public async Task A_terminate_that_meets_a_start_in_time_ends_the_process()
    {
        var gate = Host.Hold();
        var client = await AttachAsync();
        client.Send(Wire.Start(2, "p"), Wire.Terminate(3, "p"));
        await gate.ReachedAsync();
        await SettledAsync(client);
        gate.Open();

        Assert.Equal([Wire.StartResult(2, "p"), Wire.TerminateResult(3, running: true)], await client.Frames.NextAsync(2));
        var child = await Host.NextChildAsync();
        Assert.Equal([9], child.Signals);
        Clock.Advance(Settings.Process.StartPatience);
        child.Finish(137);
        Assert.Equal([Wire.Exited("p", 1, 137), Wire.Closed("p", 2)], await client.Frames.NextAsync(2));
    }

    [Fact]
    public async Task A_second_start_of_an_id_that_is_starting_waits_for_the_first_and_what_is_behind_it_too()
    {
        var gate = Host.Hold();
        var client = await AttachAsync();
        client.Send(Wire.Start(2, "p"), Wire.Start(3, "p"), Wire.Read(4, "p"));
        await gate.ReachedAsync();
        await SettledAsync(client);
        gate.Open();

        Assert.Equal(
            [Wire.StartResult(2, "p"), Wire.Error(3, -32600, "process p already exists"), Wire.ReadResult(4, nextSeq: 1)],
            await client.Frames.NextAsync(3));
        Assert.Equal(1, Host.Starts);
    }

    [Fact]
    public async Task A_second_start_runs_when_the_first_has_failed()
    {
        var gate = Host.Hold();
        Host.FailWith(new ProcessStartException(Missing, 2));
        var client = await AttachAsync();
        client.Send(Wire.Start(2, "p"), Wire.Start(3, "p"), Wire.Start(4, "p"), Wire.Read(5, "p"));
        await gate.ReachedAsync();
        await SettledAsync(client);
        gate.Open();

        Assert.Equal(
            [
                Wire.StartError(2, Missing, "spawnNotFound", 2), Wire.StartError(3, Missing, "spawnNotFound", 2), Wire.StartError(4, Missing, "spawnNotFound", 2),
                Wire.Error(5, -32600, "unknown process id p"),
            ],
            await client.Frames.NextAsync(4));
        Assert.Equal(3, Host.Starts);
    }

    [Fact]
    public async Task A_session_that_ends_while_a_process_starts_gives_the_child_back()
    {
        var gate = Host.Hold();
        var client = await AttachAsync();
        client.Send(Wire.Start(2, "p"));
        await gate.ReachedAsync();
        client.Leave();
        await SettledAsync(client);
        Clock.Advance(Settings.Session.Retention);
        await WatchEndAsync(client.Session);
        Assert.Equal(0, Places.Taken);

        gate.Open();
        var child = await Host.NextChildAsync();
        await child.ReleasedAsync();
    }

    [Fact]
    public async Task A_start_that_ends_while_no_connection_is_there_leaves_the_process_to_the_next_one()
    {
        var gate = Host.Hold();
        var first = await AttachAsync();
        first.Send(Wire.StartWithStdin(2, "p"), Wire.Read(3, "p", ",\"waitMs\":1000"), Wire.Write(4, "p", "hello", "w"));
        await gate.ReachedAsync();
        await SettledAsync(first);
        first.Leave();
        var second = await NewClient().AttachAsync(resume: first.SessionId);
        await SettledAsync(second);
        gate.Open();
        var child = await Host.NextChildAsync();
        await child.BegunAsync();
        child.Print("hi");

        Assert.Equal(Wire.Output("p", 1, "hi"), await second.Frames.NextAsync());
        Assert.Equal(Wire.WriteResult(5, "accepted"), await second.AskAsync(Wire.Write(5, "p", "hello", "w")));
        Assert.Equal("hello", child.Written);
        Assert.Empty(first.Frames.Now());
    }

    [Theory]
    [InlineData(",\"enforceManagedNetwork\":true", "enforceManagedNetwork")]
    [InlineData(NetworkProxy, "networkProxy")]
    public async Task What_cannot_be_enforced_is_refused(string more, string member)
    {
        var client = await AttachAsync();

        Assert.Equal(
            Wire.Error(2, -32602, $"process/start asks for `{member}`, which this server cannot enforce; send it as null or false to run without it"),
            await client.AskAsync(Wire.Start(2, "p", more)));
        Assert.Equal(0, Host.Starts);
        Assert.Equal(0, Places.Taken);
    }

    [Fact]
    public async Task What_is_started_is_what_was_asked_for()
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p", ",\"arg0\":\"name\",\"pipeStdin\":true");

        Assert.Equal(["prog"], child.Spec.Argv);
        Assert.Equal("name", child.Spec.Arg0);
        Assert.Equal("/"u8.ToArray(), child.Spec.Cwd.ToArray());
        Assert.Equal(ProcessIo.PipesWithStdin, child.Spec.Io);
        Assert.Empty(child.Spec.Environment);
    }
}
