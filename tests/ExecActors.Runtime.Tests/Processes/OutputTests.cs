using ExecActors.Platform;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Processes;

public sealed class OutputTests : RuntimeTest
{
    [Fact]
    public async Task The_start_is_answered_before_the_first_output()
    {
        var client = await AttachAsync();
        client.Send(Wire.Start(2, "p"));
        var child = await Host.NextChildAsync();
        await child.BegunAsync();
        child.Print("at once");

        Assert.Equal([Wire.StartResult(2, "p"), Wire.Output("p", 1, "at once")], await client.Frames.NextAsync(2));
    }

    [Fact]
    public async Task Output_exit_and_close_are_numbered_from_one_without_a_gap()
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");

        child.Print("one");
        child.Print("two", OutputStreamKind.Stderr);
        child.Print("three");
        child.Finish(7);

        Assert.Equal(
            [
                Wire.Output("p", 1, "one"), Wire.Output("p", 2, "two", "stderr"), Wire.Output("p", 3, "three"),
                Wire.Exited("p", 4, 7), Wire.Closed("p", 5),
            ],
            await client.Frames.NextAsync(5));
        Assert.True(child.IsReleased);
    }

    [Fact]
    public async Task Output_of_a_background_member_follows_the_exit_and_the_close_comes_last()
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");

        child.Exit(0);
        child.Print("late");
        child.End(OutputStreamKind.Stderr);
        await SettledAsync(client);
        Assert.Equal([Wire.Exited("p", 1, 0), Wire.Output("p", 2, "late")], client.Frames.Now());
        Assert.False(child.IsReleased);

        child.End(OutputStreamKind.Stdout);
        Assert.Equal(Wire.Closed("p", 3), await client.Frames.NextAsync());
    }

    [Fact]
    public async Task A_terminal_has_one_stream()
    {
        var client = await AttachAsync();
        client.Send(Wire.Start(2, "p").Replace("\"tty\":false", "\"tty\":true", StringComparison.Ordinal));
        var child = await Host.NextChildAsync();
        await child.BegunAsync();

        child.Print("x\r\n", OutputStreamKind.Terminal);
        child.Finish(0);

        Assert.Equal(
            [Wire.StartResult(2, "p"), Wire.Output("p", 1, "x\r\n", "pty"), Wire.Exited("p", 2, 0), Wire.Closed("p", 3)],
            await client.Frames.NextAsync(4));
    }

    [Fact]
    public async Task A_terminated_process_closes_with_its_exit_even_when_a_stranger_holds_its_pipe()
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");

        Assert.Equal(Wire.TerminateResult(2, running: true), await client.AskAsync(Wire.Terminate(2, "p")));
        Assert.Equal([9], child.Signals);
        child.Exit(137);

        Assert.Equal([Wire.Exited("p", 1, 137), Wire.Closed("p", 2)], await client.Frames.NextAsync(2));
        Assert.True(child.OutputAbandoned);
        child.Print("from the stranger");
        await SettledAsync(client);
        Assert.Empty(client.Frames.Now());
    }

    [Fact]
    public async Task A_terminate_after_the_exit_kills_the_members_left_behind_and_closes()
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");
        child.Exit(0);
        await client.Frames.NextAsync();

        Assert.Equal(
            [Wire.TerminateResult(2, running: false), Wire.Closed("p", 2)],
            [await client.AskAsync(Wire.Terminate(2, "p")), await client.Frames.NextAsync()]);
        Assert.Equal([9], child.Signals);
        Assert.Equal(Wire.TerminateResult(3, running: false), await client.AskAsync(Wire.Terminate(3, "p")));
        Assert.Equal([9], child.Signals);
    }

    [Fact]
    public async Task A_signal_interrupts_the_group_and_nothing_after_the_exit()
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");

        Assert.Equal(Wire.Result(2, "{}"), await client.AskAsync(Wire.Signal(2, "p")));
        Assert.Equal([2], child.Signals);

        child.Exit(130);
        await client.Frames.NextAsync();
        Assert.Equal(Wire.Result(3, "{}"), await client.AskAsync(Wire.Signal(3, "p")));
        Assert.Equal([2], child.Signals);
    }

    [Fact]
    public async Task Requests_that_name_no_process_are_answered_as_the_contract_says()
    {
        var client = await AttachAsync();

        client.Send(Wire.Read(2, "x"), Wire.Write(3, "x", "a", "w"), Wire.Signal(4, "x"), Wire.Terminate(5, "x"));

        Assert.Equal(
            [
                Wire.Error(2, -32600, "unknown process id x"), Wire.WriteResult(3, "unknownProcess"),
                Wire.Result(4, "{}"), Wire.TerminateResult(5, running: false),
            ],
            await client.Frames.NextAsync(4));
    }

    [Fact]
    public async Task A_closed_process_stays_readable_for_its_linger_and_its_id_is_taken_until_then()
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");
        child.Finish(0);
        await client.Frames.NextAsync(2);
        await SettledAsync(client);

        Clock.Advance(Settings.Process.Linger - TimeSpan.FromMilliseconds(1));
        await SettledAsync(client);
        Assert.Equal(Wire.Error(2, -32600, "process p already exists"), await client.AskAsync(Wire.Start(2, "p")));

        Clock.Advance(TimeSpan.FromMilliseconds(1));
        await SettledAsync(client);
        Assert.Equal(Wire.Error(3, -32600, "unknown process id p"), await client.AskAsync(Wire.Read(3, "p")));
        await StartAsync(client, "p");
    }

    [Fact]
    public async Task A_resumed_client_gets_live_output_from_the_next_number_on_and_reads_the_rest()
    {
        var first = await AttachAsync();
        var child = await StartAsync(first, "p");
        child.Print("one");
        await first.Frames.NextAsync();
        first.Leave();
        await SettledAsync(first);
        child.Print("two"); // discarded as a notification, kept for reading
        await SettledAsync(first);

        var second = await NewClient().AttachAsync(resume: first.SessionId);
        await SettledAsync(second);
        child.Print("three");

        Assert.Equal(Wire.Output("p", 3, "three"), await second.Frames.NextAsync());
        Assert.Equal(
            Wire.ReadResult(2, nextSeq: 4, $"{Wire.Chunk(2, "two")},{Wire.Chunk(3, "three")}"),
            await second.AskAsync(Wire.Read(2, "p", ",\"afterSeq\":1")));
        Assert.Empty(first.Frames.Now());
    }
}
