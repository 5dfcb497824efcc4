namespace ExecActors.Integration.Tests.Harness;

/// <summary>Compares a server's descriptors and children before and after a test class.</summary>
/// <remarks>
/// The first reading comes after a warm-up that uses every kind of descriptor once, since runtimes open some of theirs when first needed.
/// A server closes a socket a moment after its client did, and nothing tells another process when: so a reading that is too high is
/// repeated, each time after an HTTP request was answered, until it fits or the shared time-out has passed.
/// </remarks>
public sealed class ServerLeakCheck
{
    private readonly ServerProcess _server;
    private int _descriptors;

    private ServerLeakCheck(ServerProcess server) => _server = server;

    /// <summary>Warms the server up and takes the first reading.</summary>
    public static async Task<ServerLeakCheck> StartAsync(ServerProcess server)
    {
        var sockets = Count(server, "socket:");
        await using (var client = await WireClient.OpenAsync(server))
        {
            await client.RunAsync("warm-up", "echo out; echo err >&2");
            var terminal = WireClient.ScriptParams("warm-up-terminal", "echo out");
            terminal["tty"] = true;
            await client.StartAsync(terminal);
            await client.FinishAsync("warm-up-terminal");
        }

        var check = new ServerLeakCheck(server);
        if (ServerUnderTest.IsReference)
        {
            check._descriptors = int.MaxValue; // it keeps those of an ended terminal process as long as its output
            return check;
        }

        await check.SettleAsync(() => Count(server, "socket:") <= sockets && Count(server, "[pidfd]") == 0 && Count(server, "/dev/ptmx") == 0);
        check._descriptors = CountAll(server);
        return check;
    }

    /// <summary>Waits for the server to be as it was; fails with what is too much.</summary>
    public Task AssertNothingLeftAsync() =>
        SettleAsync(() => ProcFs.Children(_server.Pid).Count == 0 && CountAll(_server) <= _descriptors);

    private async Task SettleAsync(Func<bool> settled)
    {
        var patience = Environment.TickCount64 + (long)Patience.Limit.TotalMilliseconds;
        while (!settled())
        {
            Assert.True(
                Environment.TickCount64 < patience,
                $"left in the server: children {ProcFs.Describe(ProcFs.Children(_server.Pid))}; descriptors (at most {_descriptors} expected): "
                    + string.Join(", ", ProcFs.Descriptors(_server.Pid).Order(StringComparer.Ordinal)) + $"; stderr says: {_server.Log}");
            await RawHttp.SendAsync(_server.Endpoint, "GET", "/readyz");
        }
    }

    /// <summary>Files for output: nameless ones, which closed processes keep until their linger is over.</summary>
    public static int CountSpillFiles(ServerProcess server) => ProcFs.Descriptors(server.Pid).Count(IsSpillFile);

    // At its first stack trace the runtime opens the symbols of a program that has them, and keeps them open.
    private static int CountAll(ServerProcess server) =>
        ProcFs.Descriptors(server.Pid).Count(target => !target.EndsWith(".pdb", StringComparison.Ordinal) && !IsSpillFile(target));

    private static bool IsSpillFile(string target) => target.StartsWith("/var/tmp/#", StringComparison.Ordinal);

    private static int Count(ServerProcess server, string kind) =>
        ProcFs.Descriptors(server.Pid).Count(target => target.Contains(kind, StringComparison.Ordinal));
}
