using System.Text;
using ExecActors.Platform.Interop;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Files;

public sealed class DirectoryTests : IClassFixture<LeakCheck>, IDisposable
{
    private readonly FileTree _tree = new FileTree()
        .File("a.txt").Directory("d").Link("link", "a.txt").Link("dlink", "d").Link("broken", "nowhere").Link("l1", "l2").Link("l2", "l1");

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("m1", true, 0)]
    [InlineData("m1", false, 0)]
    [InlineData("m2/x/y", true, 0)]
    [InlineData("m3/x", false, Errno.ENOENT)]
    [InlineData("d", true, 0)]
    [InlineData("d", false, Errno.EEXIST)]
    [InlineData("dlink", true, 0)]
    [InlineData("dlink", false, Errno.EEXIST)]
    [InlineData("dlink/n/o", true, 0)]
    [InlineData("a.txt", true, Errno.EEXIST)]
    [InlineData("a.txt", false, Errno.EEXIST)]
    [InlineData("a.txt/x", true, Errno.ENOTDIR)]
    [InlineData("link", true, Errno.EEXIST)]
    [InlineData("broken", true, Errno.EEXIST)]
    [InlineData("broken/x", true, Errno.EEXIST)]
    [InlineData("broken/x", false, Errno.ENOENT)]
    [InlineData("l1", true, Errno.EEXIST)]
    [InlineData("l1/x", true, Errno.ELOOP)]
    public void Directories_are_made_through_links(string name, bool recursive, int errno)
    {
        Assert.Equal(FileOutcome.Failed(errno), LinuxFiles.CreateDirectory(_tree[name], recursive, followLinks: true));
        Assert.True(errno != 0 || Directory.Exists(_tree.Text(name)));
    }

    [Theory]
    [InlineData("m1", true, 0)]
    [InlineData("m1", false, 0)]
    [InlineData("m2/x/y", true, 0)]
    [InlineData("m3/x", false, Errno.ENOENT)]
    [InlineData("d", true, 0)]
    [InlineData("d", false, Errno.EEXIST)]
    [InlineData("dlink", true, Errno.ENOTDIR)]
    [InlineData("dlink", false, Errno.EEXIST)]
    [InlineData("dlink/n", true, Errno.ENOTDIR)]
    [InlineData("dlink/n", false, Errno.ENOTDIR)]
    [InlineData("link", true, Errno.ENOTDIR)]
    [InlineData("broken", true, Errno.ENOTDIR)]
    [InlineData("broken/x", true, Errno.ENOTDIR)]
    [InlineData("l1", true, Errno.ENOTDIR)]
    [InlineData("l1/x", false, Errno.ENOTDIR)]
    [InlineData("a.txt", true, Errno.ENOTDIR)]
    [InlineData("a.txt/x", true, Errno.ENOTDIR)]
    public void Directories_are_not_made_through_links_when_none_is_followed(string name, bool recursive, int errno)
    {
        Assert.Equal(FileOutcome.Failed(errno), LinuxFiles.CreateDirectory(_tree[name], recursive, followLinks: false));
        Assert.Empty(_tree.Names("d"));
        Assert.False(_tree.Exists("nowhere"));
    }

    [Fact]
    public void The_root_is_there_already()
    {
        FileTree.Done(LinuxFiles.CreateDirectory("/"u8, recursive: true, followLinks: true));
        FileTree.Done(LinuxFiles.CreateDirectory("/"u8, recursive: true, followLinks: false));
        Assert.Equal(FileOutcome.Failed(Errno.EEXIST), LinuxFiles.CreateDirectory("/"u8, recursive: false, followLinks: true));
    }

    [Fact]
    public void Many_who_make_the_same_tree_at_once_all_succeed()
    {
        var outcomes = new FileOutcome[16];
        Parallel.For(0, outcomes.Length, index =>
            outcomes[index] = LinuxFiles.CreateDirectory(_tree["p/q/r/s/t/u"], recursive: true, followLinks: index % 2 == 0));

        Assert.All(outcomes, FileTree.Done);
    }

    [Fact]
    public void A_listing_shows_what_each_name_leads_to_and_links_that_lead_nowhere_as_neither()
    {
        _tree.Fifo("fifo").File("bad\u00FF");

        FileTree.Done(LinuxFiles.OpenDirectory(_tree.Root, out var listing));
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        using (listing)
        {
            while (listing!.MoveNext())
            {
                var kind = (listing.IsDirectory, listing.IsFile) switch { (true, false) => "directory", (false, true) => "file", _ => "neither" };
                seen.Add($"{Encoding.Latin1.GetString(listing.Name)} {kind}");
            }

            FileTree.Done(listing.Outcome);
        }

        Assert.Equal(
            [
                "a.txt file", "bad\u00FF file", "broken neither", "d directory", "dlink directory", "fifo neither", "l1 neither", "l2 neither",
                "link file",
            ],
            seen);
    }

    [Theory]
    [InlineData("a.txt", Errno.ENOTDIR)]
    [InlineData("link", Errno.ENOTDIR)]
    [InlineData("nope", Errno.ENOENT)]
    [InlineData("broken", Errno.ENOENT)]
    [InlineData("l1", Errno.ELOOP)]
    public void Only_directories_are_listed(string name, int errno)
    {
        Assert.Equal(FileOutcome.Failed(errno), LinuxFiles.OpenDirectory(_tree[name], out var listing));
        Assert.Null(listing);
    }

    [Fact]
    public void A_directory_of_a_thousand_is_listed_whole()
    {
        var names = Enumerable.Range(0, 1000).Select(number => $"{number:D5}-{new string('n', number % 200)}").ToList();
        names.ForEach(name => _tree.File($"d/{name}", ""));

        Assert.Equal(names, _tree.Names("d"));
        Assert.Equal(names, _tree.Names("dlink"));
    }
}
