using ExecActors.Client.Processes;
using ExecActors.Client.Tests.Support;
using ExecActors.Testing;

namespace ExecActors.Client.Tests.Processes;

public class OutputOrderTests
{
    [Fact]
    public async Task Output_comes_in_the_order_of_its_numbers_whatever_the_order_of_arrival()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        var process = await server.StartAsync(client);

        server.Closed(5);
        server.Output(3, "c", "stderr");
        server.Output(2, "b", "pty");
        server.Exit(4, 7);
        server.Output(1, "a");

        Assert.Equal(["1 Stdout a", "2 Terminal b", "3 Stderr c"], await process.AllAsync());
        Assert.Equal(7, await process.ExitCode.SoonAsync());
    }

    [Fact]
    public async Task Output_that_comes_before_the_answer_of_its_start_is_kept()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        var starting = client.StartProcessAsync(new ProcessStartRequest { Command = ["program"] });
        var start = await server.HearAsync("process/start");

        server.Output(1, "early");
        server.Exit(2, 0);
        server.Closed(3);
        server.Answer(start, """{"processId":"p-1"}""");

        Assert.Equal(["1 Stdout early"], await (await starting.SoonAsync()).AllAsync());
    }

    [Fact]
    public async Task A_number_that_came_before_is_dropped()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        var process = await server.StartAsync(client);

        server.Output(1, "a");
        server.Output(1, "again");
        server.Output(3, "c");
        server.Output(3, "again");
        server.Output(2, "b");
        server.Exit(4, 0);
        server.Exit(4, 9);
        server.Closed(5);

        Assert.Equal(["1 Stdout a", "2 Stdout b", "3 Stdout c"], await process.AllAsync());
        Assert.Equal(0, await process.ExitCode.SoonAsync());
    }

    [Fact]
    public async Task A_gap_that_is_never_filled_fails_the_process_and_names_the_number()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        var process = await server.StartAsync(client);

        server.Output(1, "a");
        for (var seq = 3; seq <= ProcessInbox.MaxAhead + 3; seq++)
        {
            server.Output((ulong)seq, "x");
        }

        Assert.Equal(["1 Stdout a"], await process.NextAsync(1));
        var failure = await Assert.ThrowsAsync<ExecConnectionException>(process.AllAsync);
        Assert.Contains("event 2 did not come", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ExecConnectionException>(process.ExitCode.SoonAsync);

        // Only this process: the session goes on.
        var other = await server.StartAsync(client);
        server.Exit(1, 0, "p-2");
        server.Closed(2, "p-2");
        Assert.Empty(await other.AllAsync());
    }

    [Fact]
    public async Task A_close_without_a_number_comes_after_everything_else()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        var process = await server.StartAsync(client);

        server.Output(1, "a");
        server.Exit(2, 3);
        server.Say("""{"method":"process/closed","params":{"processId":"p-1"}}""");

        Assert.Equal(["1 Stdout a"], await process.AllAsync());
        Assert.Equal(3, await process.ExitCode.SoonAsync());
    }

    [Fact]
    public async Task Output_may_follow_the_exit()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        var process = await server.StartAsync(client);

        server.Exit(1, 0);
        Assert.Equal(0, await process.ExitCode.SoonAsync());
        server.Output(2, "late");
        server.Closed(3);

        Assert.Equal(["2 Stdout late"], await process.AllAsync());
    }

    [Fact]
    public async Task Processes_are_kept_apart_and_those_that_nobody_knows_are_passed_over()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        var first = await server.StartAsync(client);
        var second = await server.StartAsync(client);

        server.Output(1, "two", process: "p-2");
        server.Output(1, "nobody's", process: "p-9");
        server.Output(1, "one");
        server.Exit(2, 2, "p-2");
        server.Closed(3, "p-2");
        server.Exit(2, 1);
        server.Closed(3);

        Assert.Equal(["1 Stdout one"], await first.AllAsync());
        Assert.Equal(["1 Stdout two"], await second.AllAsync());
        Assert.Equal((1, 2), (await first.ExitCode.SoonAsync(), await second.ExitCode.SoonAsync()));
    }
}
