namespace ExecActors.Integration.Tests.Wire.Files;

/// <summary><c>fs/watchMissing</c> and <c>fs/missingChanged</c>.</summary>
public sealed class FileWatchTests(ServerFixture fixture) : WireTests(fixture), IClassFixture<ServerFixture>
{
    private const string Watching = """{"watching":true}""";
    private const string NotWatching = """{"watching":false}""";

    [Fact]
    public async Task A_missing_path_that_appears_is_told_once()
    {
        await WatchAsync(5, "file://ROOT/m");
        Tree.File("m");
        await ChangedAsync(5);
        File.Delete(Tree.At("m"));
        Tree.File("m").File("other");
        await NothingMoreAsync();
    }

    [Theory]
    [InlineData("p/q/r", "p")]
    [InlineData("d/q/r", "d/q")]
    public async Task A_missing_folder_above_it_that_appears_is_told(string missing, string made)
    {
        Tree.Directory("d");
        await WatchAsync(1, $"file://ROOT/{missing}");
        Tree.Directory(made);
        await ChangedAsync(1);
    }

    [Fact]
    public async Task Any_of_several_is_enough()
    {
        Tree.Directory("d");
        await WatchAsync(1, "file://ROOT/a", "file://ROOT/d/b", "file://ROOT/e/f");
        Tree.File("d/b");
        await ChangedAsync(1);
    }

    [Fact]
    public async Task A_link_counts_as_something_even_if_it_leads_nowhere()
    {
        await WatchAsync(1, "file://ROOT/m");
        Tree.Link("m", "nowhere");
        await ChangedAsync(1);
        await ExpectAsync("fs/watchMissing", """{"watchId":2,"missing":["file://ROOT/m"]}""", NotWatching);
    }

    [Fact]
    public async Task Something_moved_there_counts_too()
    {
        Tree.File("a");
        await WatchAsync(1, "file://ROOT/m");
        File.Move(Tree.At("a"), Tree.At("m"));
        await ChangedAsync(1);
    }

    [Fact]
    public async Task What_has_nothing_to_do_with_it_is_not_told()
    {
        Tree.Directory("d");
        await WatchAsync(1, "file://ROOT/d/m");
        Tree.File("d/n").File("m").Directory("d/mm");
        File.Delete(Tree.At("d/n"));
        await ExpectAsync("fs/writeFile", """{"path":"file://ROOT/d/n","dataBase64":"eA=="}""", "{}");
        await NothingMoreAsync();
        Tree.File("d/m");
        await ChangedAsync(1);
    }

    [Theory]
    [InlineData("here", "here")]
    [InlineData("up/here", "up")]
    public async Task The_end_of_what_is_present_is_told(string present, string moved)
    {
        Tree.File("here").File("up/here");
        await ExpectAsync("fs/watchMissing", $$"""{"watchId":1,"missing":["file://ROOT/m"],"present":"file://ROOT/{{present}}"}""", Watching);
        Directory.Move(Tree.At(moved), Tree.At("away"));
        await ChangedAsync(1);
    }

    [Fact]
    public async Task The_end_of_a_folder_above_what_is_missing_is_told()
    {
        Tree.Directory("d");
        await WatchAsync(1, "file://ROOT/d/m");
        Directory.Delete(Tree.At("d"));
        await ChangedAsync(1);
    }

    [Fact]
    public async Task A_newer_watch_takes_the_place_of_the_older()
    {
        Tree.Directory("d").Directory("e");
        await WatchAsync(1, "file://ROOT/d/m");
        await WatchAsync(3, "file://ROOT/e/m");
        Tree.File("d/m");
        await NothingMoreAsync();
        Tree.File("e/m");
        await ChangedAsync(3);
    }

    [Theory]
    [InlineData("""{"watchId":5,"missing":["file://ROOT/n"]}""")]
    [InlineData("""{"watchId":4,"missing":["file://ROOT/n"]}""")]
    [InlineData("""{"watchId":0,"missing":["file://ROOT/n"]}""")]
    [InlineData("""{"watchId":6,"missing":[]}""")]
    [InlineData("""{"watchId":6,"missing":["file://ROOT/here"]}""")]
    [InlineData("""{"watchId":6,"missing":["file://ROOT/n","file://ROOT/here"]}""")]
    [InlineData("""{"watchId":6,"missing":["file://ROOT/here/n"]}""")]
    [InlineData("""{"watchId":6,"missing":["file:///C:/x"]}""")]
    [InlineData("""{"watchId":6,"missing":["file://ROOT/n","file://host/x"]}""")]
    [InlineData("""{"watchId":6,"missing":["file://ROOT/n"],"present":"file:///C:/x"}""")]
    [InlineData("""{"watchId":6,"missing":["file://ROOT/n"],"present":"file://ROOT/absent"}""")]
    public async Task What_cannot_be_watched_is_said_and_is_no_error(string parameters)
    {
        Tree.File("here");
        await WatchAsync(5, "file://ROOT/m");
        await ExpectAsync("fs/watchMissing", parameters, NotWatching);
    }

    [Fact]
    public async Task Sixty_four_paths_can_be_watched_and_no_more()
    {
        await WatchAsync(1, [.. Enumerable.Range(0, 64).Select(i => $"file://ROOT/{i}")]);
        var more = new JObject { ["watchId"] = 2, ["missing"] = new JArray(Enumerable.Range(0, 65).Select(i => Tree.Uri($"x{i}"))) };
        Compare(await Client.RequestAsync("fs/watchMissing", more), NotWatching, "65 paths");
    }

    [Fact]
    public async Task Ids_grow_over_a_connection_and_begin_again_on_the_next()
    {
        await WatchAsync(ulong.MaxValue, "file://ROOT/m");
        await using var other = await Fixture.OpenAsync();
        Compare(await other.RequestAsync("fs/watchMissing", Params("""{"watchId":1,"missing":["file://ROOT/m"]}""")), Watching, "another connection");
        Tree.File("m");
        await ChangedAsync(ulong.MaxValue);
        await NextChangeAsync(other, 1);
    }

    [Fact]
    public async Task A_watch_ends_with_its_connection()
    {
        string session;
        await using (var first = await Fixture.OpenAsync())
        {
            session = first.SessionId;
            await first.ResultAsync("fs/watchMissing", Params("""{"watchId":9,"missing":["file://ROOT/m"]}"""));
        }

        await using var second = await Fixture.OpenAsync(session);
        Tree.File("m");
        Compare(await second.RequestAsync("fs/watchMissing", Params("""{"watchId":1,"missing":["file://ROOT/n"]}""")), Watching, "after the resume");
        Tree.File("n");
        await NextChangeAsync(second, 1);
    }

    private Task WatchAsync(ulong watchId, params string[] missing) =>
        ExpectAsync("fs/watchMissing", $$"""{"watchId":{{watchId}},"missing":["{{string.Join("\",\"", missing)}}"],"present":null}""", Watching);

    private Task ChangedAsync(ulong watchId) => NextChangeAsync(Client, watchId);

    /// <summary>The next message has to be the notification of this watch.</summary>
    private static async Task NextChangeAsync(WireClient client, ulong watchId)
    {
        var next = await client.NextAsync();
        var expected = new JObject { ["method"] = "fs/missingChanged", ["params"] = new JObject { ["watchId"] = watchId } };
        Assert.Equal(expected, next, JToken.EqualityComparer);
    }

    /// <summary>Whatever the changes so far were to cause has come before the answer to a change that is watched for, made after them.</summary>
    private async Task NothingMoreAsync()
    {
        await using var witness = await Fixture.OpenAsync();
        Tree.Directory("witness");
        Compare(await witness.RequestAsync("fs/watchMissing", Params("""{"watchId":1,"missing":["file://ROOT/witness/m"]}""")), Watching, "the witness");
        Tree.File("witness/m");
        await NextChangeAsync(witness, 1);
        await Client.ResultAsync("environment/status");
        await Client.SendAsync("""{"id":"last","method":"environment/status"}""");
        Assert.Equal("last", (string?)(await Client.NextAsync())!["id"]);
    }
}
