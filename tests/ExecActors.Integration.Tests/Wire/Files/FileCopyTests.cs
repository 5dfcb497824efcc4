namespace ExecActors.Integration.Tests.Wire.Files;

/// <summary><c>fs/copy</c>.</summary>
public sealed class FileCopyTests(ServerFixture fixture) : WireTests(fixture), IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("a.txt", "new", false, "{}")]
    [InlineData("a.txt", "new", true, "{}")]
    [InlineData("a.txt", "old.txt", false, "{}")]
    [InlineData("d", "new", false, "-32600 fs/copy requires recursive: true when sourcePath is a directory")]
    [InlineData("d", "d", true, "-32600 fs/copy cannot copy a directory to itself or one of its descendants")]
    [InlineData("d", "d/sub/new", true, "-32600 fs/copy cannot copy a directory to itself or one of its descendants")]
    [InlineData("d", "dlink/new", true, "-32600 fs/copy cannot copy a directory to itself or one of its descendants")]
    [InlineData("fifo", "new", false, "-32600 fs/copy only supports regular files, directories, and symlinks")]
    [InlineData("link", "old.txt", false, "-32603 File exists (os error 17)")]
    [InlineData("a.txt", "d", false, "-32603 Is a directory (os error 21)")]
    [InlineData("d", "a.txt", true, "-32603 File exists (os error 17)")]
    [InlineData("nope", "new", false, "-32004 No such file or directory (os error 2)")]
    [InlineData("a.txt", "nope/new", false, "-32004 No such file or directory (os error 2)")]
    [InlineData("a.txt/x", "new", false, "-32603 Not a directory (os error 20)")]
    public async Task A_copy_is_made_or_refused(string source, string destination, bool recursive, string outcome)
    {
        Tree.File("a.txt", "hello").File("old.txt", "a longer text").File("d/sub/b.txt").Link("dlink", "d").Link("link", "a.txt").Fifo("fifo");
        await ExpectAsync(
            "fs/copy",
            $$"""{"sourcePath":"file://ROOT/{{source}}","destinationPath":"file://ROOT/{{destination}}","recursive":{{(recursive ? "true" : "false")}}}""",
            outcome);
        Assert.Equal("hello", Tree.Read("a.txt"));
        Assert.Equal(outcome == "{}" ? "hello" : "a longer text", Tree.Read(destination == "new" && outcome == "{}" ? "new" : "old.txt"));
    }

    [Fact]
    public async Task Permission_bits_go_along_for_a_new_file_and_an_old_one()
    {
        Tree.File("a", "x").File("old", "y");
        Posix.SetMode(Tree.At("a"), 0x1E8 /* 0750 */);
        await CopyAsync("a", "new");
        await CopyAsync("a", "old");
        Assert.Equal((0x1E8, 0x1E8), (Tree.Mode("new"), Tree.Mode("old")));
    }

    [Fact]
    public async Task A_link_at_the_destination_is_written_through()
    {
        Tree.File("a", "x").File("old", "a longer text").Link("link", "old");
        await CopyAsync("a", "link");
        Assert.Equal("x", Tree.Read("old"));
        Assert.NotNull(new FileInfo(Tree.At("link")).LinkTarget);
    }

    [Theory]
    [InlineData("link", "a.txt")]
    [InlineData("dlink", "d")]
    [InlineData("broken", "nowhere")]
    [InlineData("loop", "loop")]
    public async Task A_link_is_copied_as_a_link(string name, string target)
    {
        Tree.File("a.txt").Directory("d").Link("link", "a.txt").Link("dlink", "d").Link("broken", "nowhere").Link("loop", "loop");
        await CopyAsync(name, "new");
        Assert.Equal(target, new FileInfo(Tree.At("new")).LinkTarget);
    }

    [Fact]
    public async Task A_folder_is_copied_with_its_links_and_without_its_special_files()
    {
        Tree.File("d/a.txt", "a").File("d/sub/b.txt", "b").Link("d/link", "a.txt").Link("d/out", "../../far").Link("d/broken", "nowhere").Fifo("d/fifo").Directory("d/empty");
        await CopyAsync("d", "new", recursive: true);
        Assert.Equal(["a.txt", "broken", "empty", "link", "out", "sub"], Tree.Names("new"));
        Assert.Equal(("a", "b"), (Tree.Read("new/a.txt"), Tree.Read("new/sub/b.txt")));
        Assert.Equal(["a.txt", "../../far", "nowhere"], new[] { "link", "out", "broken" }.Select(name => new FileInfo(Tree.At("new/" + name)).LinkTarget));
    }

    [Fact]
    public async Task A_folder_is_merged_into_one_that_is_there()
    {
        Tree.File("d/a.txt", "new").File("d/sub/b.txt", "b").File("old/a.txt", "old text").File("old/keep.txt", "kept").File("old/sub/c.txt", "c");
        await CopyAsync("d", "old", recursive: true);
        Assert.Equal(["a.txt", "keep.txt", "sub"], Tree.Names("old"));
        Assert.Equal(["b.txt", "c.txt"], Tree.Names("old/sub"));
        Assert.Equal(("new", "kept"), (Tree.Read("old/a.txt"), Tree.Read("old/keep.txt")));
    }

    [Theory]
    [InlineData("self", "self")]
    [InlineData("self", "link")]
    [InlineData("self", "hard")]
    [Difference("copy-onto-itself")]
    public async Task A_file_copied_onto_itself_by_any_name_stays_as_it_is(string source, string destination)
    {
        Tree.File("self", "keep").Link("link", "self").HardLink("hard", "self");
        await CopyAsync(source, destination);
        Assert.Equal("keep", Tree.Read("self"));
    }

    [Fact]
    public async Task A_large_and_a_sparse_file_arrive_whole()
    {
        Tree.Sparse("sparse", 50_000_000);
        await using (var file = File.OpenWrite(Tree.At("sparse")))
        {
            file.Position = 30_000_000;
            file.Write("middle"u8);
        }

        await CopyAsync("sparse", "new");
        Assert.Equal(50_000_000, new FileInfo(Tree.At("new")).Length);
        await using var copy = File.OpenRead(Tree.At("new"));
        copy.Position = 30_000_000;
        var middle = new byte[7];
        await copy.ReadExactlyAsync(middle);
        Assert.Equal("middle\0"u8.ToArray(), middle);
    }

    private Task CopyAsync(string source, string destination, bool recursive = false) => ExpectAsync(
        "fs/copy",
        $$"""{"sourcePath":"file://ROOT/{{source}}","destinationPath":"file://ROOT/{{destination}}","recursive":{{(recursive ? "true" : "false")}}}""",
        "{}");
}
