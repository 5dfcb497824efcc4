using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Sessions;

public sealed class SessionFilesTests() : RuntimeTest("execactors.limits.workers-per-session = 3")
{
    [Fact]
    public async Task A_file_that_hangs_delays_itself_only()
    {
        var client = await AttachAsync();
        Files.Hold("/dead/mount");
        client.Send(Stat(2, "/dead/mount"), Stat(3, "/alive"), Wire.Status(4));

        var frames = await client.Frames.NextAsync(2);
        Assert.Contains(Wire.Result(3, "{}"), frames, StringComparer.Ordinal);
        Assert.Contains(Wire.Ready(4), frames, StringComparer.Ordinal);
        Files.LetGo("/dead/mount");
        Assert.Equal(Wire.Result(2, "{}"), await client.Frames.NextAsync());
    }

    [Fact]
    public async Task A_session_without_free_workers_holds_up_no_other()
    {
        var stuck = await AttachAsync();
        Files.Hold("/dead");
        stuck.Send(Stat(2, "/dead"), Stat(3, "/dead"), Stat(4, "/dead"), Stat(5, "/alive"));
        var other = await AttachAsync();

        Assert.Equal(Wire.Result(2, "{}"), await other.AskAsync(Stat(2, "/alive")));
        await SettledAsync(stuck);
        Assert.Empty(stuck.Frames.Now());
        Files.LetGo("/dead");
        Assert.Equal(4, (await stuck.Frames.NextAsync(4)).Count);
    }

    [Fact]
    public async Task What_changes_a_path_comes_before_what_looks_at_it_later()
    {
        var client = await AttachAsync();
        Files.Hold("/a");
        client.Send(Request(2, "fs/createDirectory", "/a"), Stat(3, "/a/b"), Stat(4, "/other"));

        Assert.Equal(Wire.Result(4, "{}"), await client.Frames.NextAsync());
        await SettledAsync(client);
        Assert.Empty(client.Frames.Now());
        Files.LetGo("/a");
        Assert.Equal([Wire.Result(2, "{}"), Wire.Result(3, "{}")], await client.Frames.NextAsync(2));
    }

    [Fact]
    public async Task An_answer_for_a_connection_that_left_goes_nowhere()
    {
        var client = await AttachAsync();
        Files.Hold("/a");
        client.Send(Stat(2, "/a"));
        client.Leave();
        var back = await NewClient().AttachAsync(client.SessionId);
        Files.LetGo("/a");

        Assert.Equal(Wire.Result(9, "{}"), await back.AskAsync(Stat(9, "/b")));
        await SettledAsync(back);
        Assert.Empty(back.Frames.Now());
        Assert.Empty(client.Frames.Now());
    }

    private static string Stat(int id, string path) => Request(id, "fs/getMetadata", path);

    private static string Request(int id, string method, string path) =>
        $$$"""{"id":{{{id}}},"method":"{{{method}}}","params":{"path":"file://{{{path}}}","sandbox":null}}""";
}
