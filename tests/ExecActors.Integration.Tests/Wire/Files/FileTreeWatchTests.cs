namespace ExecActors.Integration.Tests.Wire.Files;

/// <summary><c>fs/watch</c>, <c>fs/unwatch</c> and <c>fs/changed</c>, which the reference server has not.</summary>
[Difference("fs-additions")]
public sealed class FileTreeWatchTests(FileTreeWatchTests.SmallServer fixture) : WireTests(fixture), IClassFixture<FileTreeWatchTests.SmallServer>
{
    private readonly HashSet<string> _created = new(StringComparer.Ordinal);

    [Fact]
    public async Task Changes_are_told_with_their_kind()
    {
        Tree.File("d/old", "x");
        await WatchAsync(1, "file://ROOT/d");
        Tree.File("d/new", "y");
        await ExpectChangesAsync(1, ("d/new", "created"));
        File.AppendAllText(Tree.At("d/old"), "more");
        await ExpectChangesAsync(1, ("d/old", "modified"));
        File.Delete(Tree.At("d/old"));
        await ExpectChangesAsync(1, ("d/old", "removed"));
        File.Move(Tree.At("d/new"), Tree.At("d/moved"));
        await ExpectChangesAsync(1, ("d/new", "removed"), ("d/moved", "created"));
    }

    [Fact]
    public async Task Folders_below_are_watched_those_made_later_too()
    {
        Tree.Directory("d/a/b");
        await WatchAsync(7, "file://ROOT/d");
        Tree.File("d/a/b/f");
        await ExpectChangesAsync(7, ("d/a/b/f", "created"));
        Tree.Directory("d/new");
        await ExpectChangesAsync(7, ("d/new", "created"));
        Tree.File("d/new/sub/f");
        await ExpectChangesAsync(7, ("d/new/sub", "created"), ("d/new/sub/f", "created"));
        Tree.File("d/new/sub/g");
        await ExpectChangesAsync(7, ("d/new/sub/g", "created"));
    }

    [Fact]
    public async Task Without_recursion_only_the_folder_itself_is_watched()
    {
        Tree.Directory("d/a");
        await ExpectAsync("fs/watch", """{"watchId":1,"path":"file://ROOT/d","recursive":false}""", "{}");
        Tree.File("d/a/f").File("d/g");
        await ExpectChangesAsync(1, ("d/g", "created"));
    }

    [Fact]
    public async Task Links_below_are_not_followed_and_one_file_may_be_watched()
    {
        Tree.Directory("d").Directory("out").Link("d/link", "../out").File("f", "x");
        await WatchAsync(1, "file://ROOT/d");
        await WatchAsync(2, "file://ROOT/f");
        Tree.File("out/f");
        File.AppendAllText(Tree.At("f"), "more");
        await ExpectChangesAsync(2, ("f", "modified"));
        Tree.File("d/g");
        await ExpectChangesAsync(1, ("d/g", "created"));
    }

    [Fact]
    public async Task A_flood_is_told_as_an_overflow_and_never_lost_in_silence()
    {
        Tree.Directory("d");
        await WatchAsync(1, "file://ROOT/d");
        const int Files = 3000;
        for (var i = 0; i < Files; i++)
        {
            Tree.File($"d/{i}");
        }

        var seen = new HashSet<string>();
        var overflow = false;
        while (seen.Count < Files && !overflow)
        {
            var changed = await ChangedAsync(1);
            overflow = (bool)changed["overflow"]!;
            seen.UnionWith(changed["changes"]!.Where(change => (string?)change["kind"] == "created").Select(change => (string)change["path"]!));
        }

        Assert.True(overflow || seen.Count == Files);
    }

    [Fact]
    public async Task More_folders_than_may_be_watched_are_told_as_an_overflow()
    {
        Tree.Directory("d");
        await WatchAsync(1, "file://ROOT/d");
        for (var i = 0; i < 12; i++)
        {
            Tree.Directory($"d/{i}");
        }

        while (!(bool)(await ChangedAsync(1))["overflow"]!)
        {
            // created
        }
    }

    [Fact]
    public async Task A_tree_with_too_many_folders_a_missing_one_and_an_id_in_use_are_refused()
    {
        Tree.Directory("d");
        for (var i = 0; i < 12; i++)
        {
            Tree.Directory($"many/{i}");
        }

        await ExpectAsync("fs/watch", """{"watchId":1,"path":"file://ROOT/many"}""", "-32005 …");
        await ExpectAsync("fs/watch", """{"watchId":1,"path":"file://ROOT/nope"}""", "-32004 No such file or directory (os error 2)");
        await WatchAsync(1, "file://ROOT/d");
        await ExpectAsync("fs/watch", """{"watchId":1,"path":"file://ROOT/d"}""", "-32600 …");
        for (var id = 2; id <= 4; id++)
        {
            await WatchAsync((ulong)id, "file://ROOT/d");
        }

        await ExpectAsync("fs/watch", """{"watchId":5,"path":"file://ROOT/d"}""", "-32005 limit reached: limits.watches-per-connection");
    }

    [Fact]
    public async Task An_ended_watch_tells_nothing_more_and_its_id_is_free()
    {
        Tree.Directory("d").Directory("e");
        await WatchAsync(1, "file://ROOT/d");
        await ExpectAsync("fs/unwatch", """{"watchId":1}""", "{}");
        await ExpectAsync("fs/unwatch", """{"watchId":1}""", "{}");
        Tree.File("d/f");
        await WatchAsync(1, "file://ROOT/e");
        Tree.File("e/f");
        await ExpectChangesAsync(1, ("e/f", "created"));
    }

    [Fact]
    public async Task A_watch_ends_with_its_connection()
    {
        Tree.Directory("d");
        string session;
        await using (var first = await Fixture.OpenAsync())
        {
            session = first.SessionId;
            await first.ResultAsync("fs/watch", Params("""{"watchId":1,"path":"file://ROOT/d"}"""));
        }

        await using var second = await Fixture.OpenAsync(session);
        Tree.File("d/f");
        await second.ResultAsync("fs/watch", Params("""{"watchId":1,"path":"file://ROOT/d"}"""));
        Tree.File("d/g");
        Assert.Equal("g", ((string)(await second.NextAsync())!["params"]!["changes"]![0]!["path"]!)[^1..]);
    }

    [Fact]
    public Task A_watch_under_a_policy_that_hides_something_is_refused() => ExpectAsync(
        "fs/watch",
        """
        {"watchId":1,"path":"file://ROOT","sandbox":{"permissions":{"type":"managed","file_system":{"type":"restricted","entries":[]},"network":"restricted"},
         "windowsSandboxLevel":"disabled"}}
        """,
        "-32600 …");

    private Task WatchAsync(ulong id, string path) => ExpectAsync("fs/watch", $$"""{"watchId":{{id}},"path":"{{path}}"}""", "{}");

    private async Task<JObject> ChangedAsync(ulong id)
    {
        var message = await Client.NextAsync(
            message => (string?)message["method"] == "fs/changed" && (ulong)message["params"]!["watchId"]! == id, () => $"fs/changed of watch {id}");
        Assert.Equal(["watchId", "changes", "overflow"], ((JObject)message["params"]!).Properties().Select(member => member.Name));
        return (JObject)message["params"]!;
    }

    /// <summary>Takes notifications until these changes came, in any order and any number of them together. A file is made and then written: its modification may come as well, and as late as among the changes expected next.</summary>
    private async Task ExpectChangesAsync(ulong id, params (string Name, string Kind)[] expected)
    {
        var left = expected.Select(change => (Tree.Uri(change.Name), change.Kind)).ToList();
        var all = left.ToHashSet();
        _created.UnionWith(left.Where(change => change.Kind == "created").Select(change => change.Item1));
        while (left.Count > 0)
        {
            var changed = await ChangedAsync(id);
            Assert.False((bool)changed["overflow"]!);
            foreach (var change in changed["changes"]!.Select(change => ((string)change["path"]!, (string)change["kind"]!)))
            {
                Assert.True(all.Contains(change) || (change.Item2 == "modified" && _created.Contains(change.Item1)), $"{change} was not expected");
                left.Remove(change);
            }
        }
    }

    /// <summary>A server that watches little.</summary>
    public sealed class SmallServer() : ConfiguredServerFixture("execactors.limits { watches-per-connection = 4, watched-directories = 10 }");
}
