using System.Diagnostics;
using System.Globalization;

namespace ExecActors.Integration.Tests.EndToEnd;

/// <summary>The end of the server, with everything it started. Run alone: it is the server's time that counts.</summary>
[Collection(nameof(RunsAlone))]
public sealed class ShutdownTests
{
    private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(PosixSignalNumber.Terminate)]
    [InlineData(PosixSignalNumber.Interrupt)]
    [InlineData(PosixSignalNumber.Hangup)]
    [Difference("hangup")]
    public async Task A_signal_ends_the_server_within_two_seconds_and_every_group_with_it(PosixSignalNumber signal)
    {
        await using var server = await ServerProcess.StartAsync();
        await using var attached = await WireClient.OpenAsync(server);
        await using var detached = await WireClient.OpenAsync(server);
        var pids = new List<int>();
        pids.AddRange(await StartStubbornAsync(attached, "pipes", tty: false));
        pids.AddRange(await StartStubbornAsync(attached, "terminal", tty: true));
        pids.AddRange(await StartStubbornAsync(detached, "detached", tty: false));
        detached.Socket.Connection.Dispose();
        await attached.PostAsync("process/read", WireClient.ReadParams("pipes", afterSeq: 1, waitMs: 600_000));
        using var silent = await RawWebSocket.ConnectAsync(server.Endpoint);

        var watch = Stopwatch.StartNew();
        Posix.Signal(server.Pid, signal);
        Assert.Equal(0, await server.ExitAsync());
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Allowed);
        await Task.WhenAll(pids.Select(Posix.EndOfProcessAsync));
        if (!ServerUnderTest.IsReference)
        {
            Assert.Equal(1001, (await attached.EndingAsync()).CloseCode);
        }
    }

    [Fact]
    public async Task A_client_that_does_not_read_does_not_hold_up_the_end()
    {
        await using var server = await ServerProcess.StartAsync();
        using var socket = await RawWebSocket.ConnectAsync(server.Endpoint, receiveBufferBytes: 4096);
        await socket.SendTextAsync("""{"id":1,"method":"initialize","params":{"clientName":"x"}}""");
        await socket.SendTextAsync("""{"method":"initialized"}""");
        await socket.SendTextAsync(new JObject
        {
            ["id"] = 2,
            ["method"] = "process/start",
            ["params"] = WireClient.ScriptParams("p", "exec cat /dev/zero"),
        }.ToString(Newtonsoft.Json.Formatting.None));
        Assert.NotNull(await socket.NextAsync());
        Assert.NotNull(await socket.NextAsync()); // it has started, and nothing more is read
        await server.StopAsync();
    }

    private static async Task<IEnumerable<int>> StartStubbornAsync(WireClient client, string processId, bool tty)
    {
        var parameters = WireClient.ScriptParams(processId, "trap '' TERM HUP INT; sleep 600 & echo $$ $!; wait; wait");
        parameters["tty"] = tty;
        await client.StartAsync(parameters);
        var line = await client.OutputUntilAsync(processId, "\n", tty ? "pty" : "stdout");
        return line.Split(' ').Select(pid => int.Parse(pid, CultureInfo.InvariantCulture));
    }
}
