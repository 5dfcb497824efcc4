using ExecActors.Protocol;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Sessions;

public sealed class SessionLimitTests() : RuntimeTest("execactors.limits { sessions = 2, processes = 3, processes-per-session = 2, closed-bytes-per-session = 1MiB }")
{
    [Fact]
    public async Task A_session_beyond_the_limit_is_refused_until_one_has_ended()
    {
        var first = await AttachAsync();
        await AttachAsync();

        Assert.Equal(new RpcError(-32005, "limit reached: limits.sessions"), await NewClient().RefusedAsync());

        first.Leave();
        await SettledAsync(first);
        Clock.Advance(Settings.Session.Retention);
        await WatchEndAsync(first.Session);
        await AttachAsync();
    }

    [Fact]
    public async Task A_process_beyond_the_limits_is_refused_until_one_has_closed()
    {
        var one = await AttachAsync();
        var two = await AttachAsync();
        var child = await StartAsync(one, "a");
        await StartAsync(one, "b");
        Assert.Equal(Wire.Error(2, -32005, "limit reached: limits.processes-per-session"), await one.AskAsync(Wire.Start(2, "c")));

        await StartAsync(two, "a");
        Assert.Equal(Wire.Error(3, -32005, "limit reached: limits.processes"), await two.AskAsync(Wire.Start(3, "b")));

        child.Finish(0);
        Assert.Equal([Wire.Exited("a", 1, 0), Wire.Closed("a", 2)], await one.Frames.NextAsync(2));
        await SettledAsync(one);
        await StartAsync(two, "b");
        Assert.Equal(3, Places.Taken);
    }

    [Fact]
    public async Task A_client_that_starts_processes_and_reads_nothing_of_them_is_refused_at_a_bound()
    {
        var client = await AttachAsync();
        client.Frames.ReturnsCredit = false;
        var started = 0;
        for (var answer = ""; !answer.Contains("limits.closed-bytes-per-session", StringComparison.Ordinal); started++)
        {
            Assert.True(started < 100, "it is never refused");
            client.Send(Wire.Start(started, $"p{started}"));
            answer = await AnswerAsync(client, started);
            if (string.Equals(answer, Wire.StartResult(started, $"p{started}"), StringComparison.Ordinal))
            {
                var child = await Host.NextChildAsync();
                await child.BegunAsync();
                child.Print(new byte[64 * 1024]);
                child.Finish(0);
                await SettledAsync(client);
            }
        }

        Assert.InRange(started, 1024 / 88, (2048 / 88) + 8); // the credit and as much again, of frames of 88 KiB
        client.Frames.ReturnsCredit = true;
        client.Frames.ReturnCredit();
        await SettledAsync(client);
        client.Frames.Now();
        await SettledAsync(client);
        client.Send(Wire.Start(200, "again"));
        Assert.Equal(Wire.StartResult(200, "again"), await AnswerAsync(client, 200));
    }

    [Fact]
    public async Task Places_of_a_session_that_expires_are_free_again()
    {
        var client = await AttachAsync();
        await StartAsync(client, "a");
        await StartAsync(client, "b");
        client.Leave();
        await SettledAsync(client);

        Clock.Advance(Settings.Session.Retention);
        await WatchEndAsync(client.Session);

        Assert.Equal(0, Places.Taken);
    }

    private static async Task<string> AnswerAsync(TestClient client, int id)
    {
        while (true)
        {
            var frame = await client.Frames.NextAsync();
            if (frame.Contains($"\"id\":{id}", StringComparison.Ordinal))
            {
                return frame;
            }
        }
    }
}
