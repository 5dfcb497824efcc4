using System.Text;
using ExecActors.Platform.Interop;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Files;

public sealed class MetadataTests : IClassFixture<LeakCheck>, IDisposable
{
    private readonly FileTree _tree = new FileTree()
        .File("a.txt", "hello\n").Directory("d").File("d/b.txt").Fifo("fifo").Socket("socket")
        .Link("link", "a.txt").Link("dlink", "d").Link("broken", "nowhere").Link("l1", "l2").Link("l2", "l1");

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("a.txt", false, true, false)]
    [InlineData("d", true, false, false)]
    [InlineData("link", false, true, true)]
    [InlineData("dlink", true, false, true)]
    [InlineData("dlink/b.txt", false, true, false)]
    [InlineData("fifo", false, false, false)]
    [InlineData("socket", false, false, false)]
    public void Following_a_link_the_kind_is_its_targets_and_the_link_its_own(string name, bool isDirectory, bool isFile, bool isLink)
    {
        FileTree.Done(LinuxFiles.GetMetadata(_tree[name], followLinks: true, out var found));

        Assert.Equal((isDirectory, isFile, isLink), (found.IsDirectory, found.IsFile, found.IsSymbolicLink));
    }

    [Theory]
    [InlineData("nope", Errno.ENOENT)]
    [InlineData("broken", Errno.ENOENT)]
    [InlineData("a.txt/x", Errno.ENOTDIR)]
    [InlineData("l1", Errno.ELOOP)]
    public void Following_what_is_not_there_is_an_errno(string name, int errno) =>
        Assert.Equal(FileOutcome.Failed(errno), LinuxFiles.GetMetadata(_tree[name], followLinks: true, out _));

    [Theory]
    [InlineData("link")]
    [InlineData("dlink")]
    [InlineData("broken")]
    [InlineData("l1")]
    public void A_link_at_the_end_is_refused_when_none_is_followed(string name) =>
        Assert.Equal(FileOutcome.Refused(FileRefusal.SymbolicLink), LinuxFiles.GetMetadata(_tree[name], followLinks: false, out _));

    [Theory]
    [InlineData("dlink/b.txt", Errno.ENOTDIR)]
    [InlineData("dlink/nope", Errno.ENOTDIR)]
    [InlineData("broken/x", Errno.ENOTDIR)]
    [InlineData("l1/x", Errno.ENOTDIR)]
    [InlineData("a.txt/x", Errno.ENOTDIR)]
    [InlineData("nope", Errno.ENOENT)]
    [InlineData("nope/x", Errno.ENOENT)]
    public void A_link_on_the_way_is_no_directory_when_none_is_followed(string name, int errno) =>
        Assert.Equal(FileOutcome.Failed(errno), LinuxFiles.GetMetadata(_tree[name], followLinks: false, out _));

    [Fact]
    public void The_root_has_metadata_either_way()
    {
        FileTree.Done(LinuxFiles.GetMetadata("/"u8, followLinks: true, out var followed));
        FileTree.Done(LinuxFiles.GetMetadata("/"u8, followLinks: false, out var unfollowed));

        Assert.True(followed.IsDirectory);
        Assert.Equal(followed, unfollowed);
    }

    [Fact]
    public void Sizes_and_times_are_real_and_a_links_are_its_targets()
    {
        var modified = new DateTime(2001, 2, 3, 4, 5, 6, 789, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(_tree.Text("a.txt"), modified);
        var before = File.GetLastWriteTimeUtc(_tree.Text("d"));

        FileTree.Done(LinuxFiles.GetMetadata(_tree["link"], followLinks: true, out var found));

        Assert.Equal((6L, new DateTimeOffset(modified).ToUnixTimeMilliseconds()), (found.Size, found.ModifiedAtMs));
        Assert.InRange(found.CreatedAtMs, new DateTimeOffset(before).ToUnixTimeMilliseconds() - 60_000, long.MaxValue);
    }

    [Fact]
    public void A_name_that_is_not_utf8_is_found_by_its_bytes()
    {
        _tree.File("bad\u00FF", "12345");
        FileTree.Done(LinuxFiles.GetMetadata(_tree["bad\u00FF"], followLinks: false, out var found));

        Assert.Equal(5, found.Size);
    }

    [Theory]
    [InlineData("link", "a.txt")]
    [InlineData("dlink/b.txt", "d/b.txt")]
    [InlineData("fifo", "fifo")]
    [InlineData("d", "d")]
    public void A_canonical_path_has_no_links(string name, string canonical)
    {
        FileTree.Done(LinuxFiles.Canonicalize(_tree[name], out var path));

        Assert.Equal(_tree.Text(canonical), Encoding.UTF8.GetString(path));
    }

    [Theory]
    [InlineData("broken", Errno.ENOENT)]
    [InlineData("nope/x", Errno.ENOENT)]
    [InlineData("l1", Errno.ELOOP)]
    [InlineData("l1/x", Errno.ELOOP)]
    [InlineData("a.txt/x", Errno.ENOTDIR)]
    public void What_does_not_exist_has_no_canonical_path(string name, int errno)
    {
        Assert.Equal(FileOutcome.Failed(errno), LinuxFiles.Canonicalize(_tree[name], out var path));
        Assert.Empty(path);
    }

    [Fact]
    public void Canonical_paths_keep_bytes_that_are_not_utf8()
    {
        _tree.File("bad\u00FF");
        FileTree.Done(LinuxFiles.Canonicalize(_tree["bad\u00FF"], out var path));
        FileTree.Done(LinuxFiles.Canonicalize("/"u8, out var root));

        Assert.Equal(_tree["bad\u00FF"], path);
        Assert.Equal("/"u8.ToArray(), root);
    }
}
