using System.Text;
using ExecActors.Platform.Interop;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Files;

public sealed class WalkTests : IClassFixture<LeakCheck>, IDisposable
{
    private static readonly WalkLimits _wide = new(10, 100, 1000, FollowLinks: false, PruneHidden: false);

    // The tree of the reference server's transcript.
    private readonly FileTree _tree = new FileTree()
        .File(".dot").Directory(".hid").File(".hid/x").File("a.txt").Directory("d/sub/deep").File("d/sub/b.txt")
        .Link("d/up", "..").Link("dlink", "d").Link("link", "a.txt").Fifo("fifo");

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void A_walk_is_breadth_first_and_sorted_and_leaves_out_links_and_special_files() => Assert.Equal(
        [".dot", ".hid/", "a.txt", "d/", ".hid/x", "d/sub/", "d/sub/b.txt", "d/sub/deep/"], Walk("", _wide).Entries);

    [Fact]
    public void Followed_links_are_listed_under_their_name_and_each_directory_is_entered_once() => Assert.Equal(
        [".dot", ".hid/", "a.txt", "d/", "dlink/", ".hid/x", "d/sub/", "d/up/", "d/sub/b.txt", "d/sub/deep/"],
        Walk("", _wide with { FollowLinks = true }).Entries);

    [Fact]
    public void Hidden_directories_are_listed_but_not_entered_when_pruned() => Assert.Equal(
        [".dot", ".hid/", "a.txt", "d/", "d/sub/", "d/sub/b.txt", "d/sub/deep/"], Walk("", _wide with { PruneHidden = true }).Entries);

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 6)]
    [InlineData(2, 8)]
    public void Depth_cuts_without_saying_so(int depth, int entries)
    {
        var found = Walk("", _wide with { MaxDepth = depth });

        Assert.Equal((entries, false), (found.Entries.Count, found.Truncated));
    }

    [Theory]
    [InlineData(1, 4, true)]
    [InlineData(4, 8, true)]
    [InlineData(5, 8, false)]
    public void The_limit_on_directories_counts_those_that_are_read(int directories, int entries, bool truncated)
    {
        var found = Walk("", _wide with { MaxDirectories = directories });

        Assert.Equal((entries, truncated), (found.Entries.Count, found.Truncated));
    }

    [Theory]
    [InlineData(2, 2, true)]
    [InlineData(7, 4, true)]
    [InlineData(8, 5, true)]
    [InlineData(11, 7, true)]
    [InlineData(12, 8, false)]
    public void The_limit_on_entries_counts_what_is_looked_at(int limit, int entries, bool truncated)
    {
        var found = Walk("", _wide with { MaxEntries = limit });

        Assert.Equal((entries, truncated), (found.Entries.Count, found.Truncated));
    }

    [Fact]
    public void A_directory_of_thousands_is_cut_at_its_first_names()
    {
        var names = Enumerable.Range(0, 2100).Select(number => $"{number:D4}").ToList();
        _tree.Directory("many");
        names.ForEach(name => _tree.File($"many/{name}", ""));

        var found = Walk("many", _wide with { MaxEntries = 10 });

        Assert.True(found.Truncated);
        Assert.Equal(names.Take(10).Select(name => $"many/{name}"), found.Entries, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("a.txt", false)]
    [InlineData("fifo", false)]
    [InlineData("link", true)]
    [InlineData("dlink", false)]
    public void A_root_that_is_no_directory_has_nothing_below_it(string root, bool followLinks)
    {
        var found = Walk(root, _wide with { FollowLinks = followLinks });

        Assert.Empty(found.Entries);
        Assert.Equal((0, false), (found.Errors.Count, found.Truncated));
    }

    [Fact]
    public void A_root_that_is_a_link_is_walked_under_its_own_name() => Assert.Equal(
        ["dlink/sub/", "dlink/up/", "dlink/sub/b.txt", "dlink/sub/deep/", "dlink/up/.dot", "dlink/up/.hid/", "dlink/up/a.txt", "dlink/up/d/", "dlink/up/dlink/", "dlink/up/.hid/x"],
        Walk("dlink", _wide with { FollowLinks = true }).Entries);

    [Theory]
    [InlineData("nope", Errno.ENOENT)]
    [InlineData("broken", Errno.ENOENT)]
    [InlineData("loop", Errno.ELOOP)]
    [InlineData("a.txt/x", Errno.ENOTDIR)]
    public void A_root_that_is_not_there_is_an_errno(string root, int errno)
    {
        _tree.Link("broken", "nowhere").Link("loop", "loop");

        Assert.Equal(FileOutcome.Failed(errno), LinuxFiles.Walk(_tree[root], _wide, out _));
        Assert.Equal(FileOutcome.Failed(errno), LinuxFiles.Walk(_tree[root], _wide with { FollowLinks = true }, out _));
    }

    [Fact]
    public void Names_that_are_not_utf8_are_errors_and_are_not_entered()
    {
        _tree.Directory("d/sub/b\u00FEd").File("d/sub/b\u00FEd/x");
        var found = Walk("d/sub", _wide);

        Assert.Equal(["d/sub/b.txt", "d/sub/deep/"], found.Entries);
        Assert.Equal([("d/sub/b\uFFFDd", Errno.ENOENT)], found.Errors);
    }

    [Fact]
    public void A_directory_that_cannot_be_read_is_an_error_and_the_walk_goes_on()
    {
        // Twenty names of 250 bytes are more than a path may have.
        using var deep = new DeepTree(_tree["long"], new string('n', 250), 20);
        var found = Walk("", _wide with { MaxDepth = 64 });

        Assert.Contains("d/sub/b.txt", found.Entries, StringComparer.Ordinal);
        var error = Assert.Single(found.Errors);
        Assert.Equal(Errno.ENAMETOOLONG, error.Errno);
        Assert.InRange(error.Path.Length, 4000, 5000);
        Assert.False(found.Truncated);
    }

    private (IReadOnlyList<string> Entries, IReadOnlyList<(string Path, int Errno)> Errors, bool Truncated) Walk(string root, WalkLimits limits)
    {
        FileTree.Done(LinuxFiles.Walk(root.Length == 0 ? _tree.Root : _tree[root], limits, out var found));
        return (
            [.. found.Entries.Select(entry => Relative(entry.Path) + (entry.IsDirectory ? "/" : ""))],
            [.. found.Errors.Select(error => (Relative(error.Path), error.Errno))],
            found.Truncated);
    }

    private string Relative(byte[] path) => Path.GetRelativePath(_tree.RootText, Encoding.UTF8.GetString(path));
}
