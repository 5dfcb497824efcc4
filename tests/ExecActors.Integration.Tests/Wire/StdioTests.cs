using System.Globalization;
using System.Text;

namespace ExecActors.Integration.Tests.Wire;

/// <summary>One connection over standard input and output.</summary>
public sealed class StdioTests
{
    [Fact]
    public async Task Lines_may_end_in_CRLF_have_blanks_around_them_and_come_in_any_pieces()
    {
        await using var server = ServerProcess.Launch(["--listen", "stdio"]);
        await using var client = WireClient.OverStdio(server);
        var pipe = (StdioPipe)client.Pipe;
        foreach (var piece in Encoding.UTF8.GetBytes("  \r\n\n\t{\"id\":\"ä\",\"method\":\"no/such\"} \r\n"))
        {
            await pipe.SendBytesAsync(new[] { piece });
        }

        Assert.Equal("ä", (string?)(await client.NextAsync())!["id"]);
        await EndAsync(server, client);
    }

    [Fact]
    public async Task Many_messages_may_come_at_once_and_a_line_may_be_long()
    {
        await using var server = ServerProcess.Launch(["--listen", "stdio://"]);
        await using var client = WireClient.OverStdio(server);
        await client.InitializeAsync();
        var many = string.Concat(Enumerable.Range(1000, 1000).Select(id => string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{id}},"method":"environment/status"}{{"\n"}}""")));
        await ((StdioPipe)client.Pipe).SendBytesAsync(Encoding.UTF8.GetBytes(many));
        for (var id = 1000; id < 2000; id++)
        {
            Assert.Equal(id, (long)(await client.NextAsync())!["id"]!);
        }

        await client.SendAsync($$"""{"id":7,"method":"no/such","params":"{{new string('x', 20_000_000)}}"}""");
        Assert.Equal(7, (long)(await client.NextAsync())!["id"]!);
        await EndAsync(server, client);
    }

    [Fact]
    public async Task The_end_of_input_ends_the_server_and_its_processes_with_status_0()
    {
        await using var server = ServerProcess.Launch(["--listen", "stdio"]);
        await using var client = WireClient.OverStdio(server);
        await client.InitializeAsync();
        var pids = await StubbornAsync(client);
        await EndAsync(server, client);
        await Task.WhenAll(pids.Select(Posix.EndOfProcessAsync));
    }

    [Fact]
    [Difference("stdio-signals")]
    public async Task SIGTERM_ends_the_server_though_its_input_stays_open()
    {
        await using var server = ServerProcess.Launch(["--listen", "stdio"]);
        await using var client = WireClient.OverStdio(server);
        await client.InitializeAsync();
        var pids = await StubbornAsync(client);
        Posix.Signal(server.Pid, PosixSignalNumber.Terminate);
        Assert.Equal(0, await server.ExitAsync());
        await Task.WhenAll(pids.Select(Posix.EndOfProcessAsync));
    }

    [Fact]
    [Difference("stdio-bad-utf8")]
    public async Task A_line_that_is_not_UTF8_is_answered_and_the_next_one_read()
    {
        await using var server = ServerProcess.Launch(["--listen", "stdio"]);
        await using var client = WireClient.OverStdio(server);
        await ((StdioPipe)client.Pipe).SendBytesAsync(new byte[] { (byte)'"', 0xFF, (byte)'"', (byte)'\n' });
        var error = WireError.Of(await client.AnswerAsync(-1));
        Assert.Equal(ErrorCode.InvalidRequest, error.Code);
        Assert.StartsWith("failed to parse JSON-RPC message from exec-server stdio: ", error.Message, StringComparison.Ordinal);
        await client.InitializeAsync();
        await EndAsync(server, client);
    }

    [Fact]
    public async Task Eight_megabytes_go_both_ways_whole_and_in_order()
    {
        await using var server = ServerProcess.Launch(["--listen", "stdio"]);
        await using var client = WireClient.OverStdio(server);
        await client.InitializeAsync();
        await Bulk.EchoAsync(client, "p", bytes: 8 * 1024 * 1024);
        await EndAsync(server, client);
    }

    private static async Task<int[]> StubbornAsync(WireClient client)
    {
        await client.StartAsync(WireClient.ScriptParams("p", "trap '' TERM HUP INT; sleep 600 & echo $$ $!; wait; wait"));
        return [.. (await client.OutputUntilAsync("p", "\n")).Split(' ').Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];
    }

    private static async Task EndAsync(ServerProcess server, WireClient client)
    {
        ((StdioPipe)client.Pipe).EndInput();
        Assert.Equal(0, await server.ExitAsync());
        await client.EndingAsync();
    }
}
