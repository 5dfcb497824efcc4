using System.Text;

using ExecActors.Platform;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Sessions;

public sealed class SessionWatchTests() : RuntimeTest("execactors.limits { watches-per-connection = 2, watched-directories-per-principal = 5 }")
{
    [Fact]
    public async Task A_missing_path_that_appears_is_told_once()
    {
        var client = await AttachAsync();
        Assert.Equal(Watching(2, true), await client.AskAsync(Missing(2, 1, "/m")));
        var watch = Watcher.Missing.Single();
        watch.Fire();

        Assert.Equal(MissingChanged(1), await client.Frames.NextAsync());
        Assert.True(watch.IsDisposed);
    }

    [Fact]
    public async Task What_fires_during_the_set_up_is_told_behind_the_answer()
    {
        Watcher.FiresAtOnce = true;
        var client = await AttachAsync();
        client.Send(Missing(2, 1, "/m"));

        Assert.Equal([Watching(2, true), MissingChanged(1)], await client.Frames.NextAsync(2));
    }

    [Theory]
    [InlineData("\"missing\":[]")]
    [InlineData("\"missing\":[\"file:///C:/x\"]")]
    [InlineData("\"missing\":[\"file:///there\"]")]
    public async Task What_cannot_be_watched_is_no_error(string missing)
    {
        var client = await AttachAsync();

        Assert.Equal(Watching(2, false), await client.AskAsync($$$"""{"id":2,"method":"fs/watchMissing","params":{"watchId":1,{{{missing}}}}}"""));
    }

    [Fact]
    public async Task A_new_watch_replaces_the_old_one_and_an_old_id_is_refused()
    {
        var client = await AttachAsync();
        await client.AskAsync(Missing(2, 5, "/a"));
        Assert.Equal(Watching(3, true), await client.AskAsync(Missing(3, 6, "/b")));
        Assert.Equal(Watching(4, false), await client.AskAsync(Missing(4, 6, "/c")));

        Assert.Equal([true, false], Watcher.Missing.Select(watch => watch.IsDisposed));
    }

    [Fact]
    public async Task A_watch_that_fails_after_it_was_given_up_leaves_the_next_of_its_id_alone()
    {
        var gate = Watcher.FailsBehind = new Gate();
        var client = await AttachAsync();
        client.Send(Watch(2, 1));
        await gate.ReachedAsync();
        Assert.Equal(Wire.Result(3, "{}"), await client.AskAsync(Unwatch(3, 1)));
        Assert.Equal(Wire.Result(4, "{}"), await client.AskAsync(Watch(4, 1)));
        gate.Open();
        Assert.StartsWith("{\"error\":", await client.Frames.NextAsync(), StringComparison.Ordinal);

        Assert.Equal(Wire.Result(5, "{}"), await client.AskAsync(Unwatch(5, 1)));
        await UntilAsync(client, () => Watcher.Trees.Single().IsDisposed, "the second watch has ended");
    }

    [Theory]
    [InlineData(24, "fs/watch needs an inotify instance, and this machine has no more for the server's user; end other watchers or raise fs.inotify.max_user_instances")]
    [InlineData(28, "fs/watch needs an inotify watch for each directory, and this machine has no more for the server's user; watch fewer or raise fs.inotify.max_user_watches")]
    public async Task What_the_machine_has_no_more_of_is_said_with_its_remedy(int errno, string message)
    {
        Watcher.FailsWith = new FileOutcome(errno, FileRefusal.None);
        Watcher.FailsBehind = new Gate();
        Watcher.FailsBehind.Open();
        var client = await AttachAsync();

        Assert.Equal(Wire.Error(2, -32603, message), await client.AskAsync(Watch(2, 1)));
    }

    [Fact]
    public async Task Directories_beyond_what_a_principal_may_watch_are_refused_with_the_key()
    {
        Watcher.FailsWith = new FileOutcome(0, FileRefusal.NoWatchPlaces);
        Watcher.FailsBehind = new Gate();
        Watcher.FailsBehind.Open();
        var client = await AttachAsync();
        for (var taken = 0; taken < Settings.Limits.WatchedDirectoriesPerPrincipal; taken++)
        {
            Assert.Null(Environment.WatchedDirectories.TryTake(client.Principal));
        }

        Assert.Equal(Wire.Error(2, -32005, "limit reached: limits.watched-directories-per-principal"), await client.AskAsync(Watch(2, 1)));
    }

    [Fact]
    public async Task Changes_are_told_one_batch_at_a_time_and_an_overflow_is_said()
    {
        var client = await AttachAsync();
        Assert.Equal(Wire.Result(2, "{}"), await client.AskAsync(Watch(2, 7)));
        var tree = Watcher.Trees.Single();
        tree.Change(Batch("/t/a", FileChangeKind.Created));
        tree.Change(Batch("/t/b", FileChangeKind.Removed) with { Overflow = true });

        Assert.Equal(
            [
                """{"method":"fs/changed","params":{"watchId":7,"changes":[{"path":"file:///t/a","kind":"created"}],"overflow":false}}""",
                """{"method":"fs/changed","params":{"watchId":7,"changes":[{"path":"file:///t/b","kind":"removed"}],"overflow":true}}""",
            ],
            await client.Frames.NextAsync(2));
    }

    [Fact]
    public async Task A_watch_ends_with_its_request_its_tree_or_its_connection()
    {
        var client = await AttachAsync();
        await client.AskAsync(Watch(2, 1));
        await client.AskAsync(Watch(3, 2));
        Assert.Equal(Wire.Error(4, -32005, "limit reached: limits.watches-per-connection"), await client.AskAsync(Watch(4, 3)));
        Assert.Equal(Wire.Error(5, -32600, "watch 1 already exists"), await client.AskAsync(Watch(5, 1)));
        Assert.Equal(Wire.Result(6, "{}"), await client.AskAsync(Unwatch(6, 1)));
        var trees = Watcher.Trees.ToArray();
        Assert.Equal([true, false], trees.Select(tree => tree.IsDisposed));

        trees[1].Change(new TreeChanges([], Overflow: false, Ended: true));
        await client.Frames.NextAsync();
        Assert.True(trees[1].IsDisposed);
        await client.AskAsync(Watch(7, 3));
        client.Leave();
        var back = await NewClient().AttachAsync(client.SessionId);
        Assert.Equal(Wire.Result(2, "{}"), await back.AskAsync(Watch(2, 3)));
        Assert.True(Watcher.Trees.ToArray()[2].IsDisposed);
    }

    private static TreeChanges Batch(string path, FileChangeKind kind) =>
        new([new FileChange(Encoding.UTF8.GetBytes(path), kind)], Overflow: false, Ended: false);

    private static string Missing(int id, int watchId, string path) =>
        $$$"""{"id":{{{id}}},"method":"fs/watchMissing","params":{"watchId":{{{watchId}}},"missing":["file://{{{path}}}"],"present":null}}""";

    private static string Unwatch(int id, int watchId) => $$$"""{"id":{{{id}}},"method":"fs/unwatch","params":{"watchId":{{{watchId}}}}}""";

    private static string Watch(int id, int watchId) =>
        $$$"""{"id":{{{id}}},"method":"fs/watch","params":{"watchId":{{{watchId}}},"path":"file:///t","sandbox":null}}""";

    private static string Watching(int id, bool watching) => Wire.Result(id, $$"""{"watching":{{(watching ? "true" : "false")}}}""");

    private static string MissingChanged(int watchId) => $$$"""{"method":"fs/missingChanged","params":{"watchId":{{{watchId}}}}}""";
}
