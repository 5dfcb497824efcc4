using ExecActors.Platform.Interop;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Files;

public sealed class RenameTests : IClassFixture<LeakCheck>, IDisposable
{
    private readonly FileTree _tree = new FileTree()
        .File("a.txt", "a").File("b.txt", "b").Directory("d").File("d/x").Directory("e").Link("link", "a.txt").Link("dlink", "d").Link("loop", "loop");

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("a.txt", "new", true, 0)]
    [InlineData("a.txt", "new", false, 0)]
    [InlineData("a.txt", "b.txt", true, 0)]
    [InlineData("a.txt", "b.txt", false, Errno.EEXIST)]
    [InlineData("link", "moved", false, 0)]
    [InlineData("d", "e", true, 0)]
    [InlineData("e", "d", true, Errno.ENOTEMPTY)]
    [InlineData("d", "d/in", true, Errno.EINVAL)]
    [InlineData("d", "a.txt", true, Errno.ENOTDIR)]
    [InlineData("a.txt", "d", true, Errno.EISDIR)]
    [InlineData("nope", "new", true, Errno.ENOENT)]
    [InlineData("a.txt", "nodir/new", true, Errno.ENOENT)]
    public void A_name_moves_or_everything_stays(string source, string destination, bool replace, int errno)
    {
        var before = _tree.Snapshot("");
        var identity = _tree.Exists(source) ? _tree.Status(source).Identity : default;

        Assert.Equal(FileOutcome.Failed(errno), LinuxFiles.Rename(_tree[source], _tree[destination], replace));

        if (errno == 0)
        {
            Assert.False(_tree.Exists(source));
            Assert.Equal(identity, _tree.Status(destination).Identity);
        }
        else
        {
            Assert.Equal(before, _tree.Snapshot(""));
        }
    }

    [Fact]
    public void Names_that_are_not_utf8_are_renamed()
    {
        FileTree.Done(LinuxFiles.Rename(_tree["a.txt"], _tree["\u00FE\u00FF"], replace: true));

        Assert.Equal("a", _tree.Content("\u00FE\u00FF"));
    }

    [Theory]
    [InlineData("a.txt", "a.txt", true, 0)]
    [InlineData("link", "a.txt", true, 0)]
    [InlineData("d", "d", true, 0)]
    [InlineData("dlink/x", "d/x", true, 0)]
    [InlineData("a.txt", "a.txt", false, 0)]
    [InlineData("d", "d", false, 0)]
    [InlineData("link", "a.txt", false, Errno.ELOOP)]
    [InlineData("dlink/x", "d/x", false, Errno.ENOTDIR)]
    [InlineData("loop", "a.txt", true, Errno.ELOOP)]
    [InlineData("nope", "a.txt", false, Errno.ENOENT)]
    public void Permission_bits_are_set(string name, string changed, bool followLinks, int errno)
    {
        _tree.Mode(changed, 0x1C0); // 0700

        Assert.Equal(FileOutcome.Failed(errno), LinuxFiles.ChangeMode(_tree[name], 0x3ED, followLinks)); // 01755
        Assert.Equal(errno == 0 ? "1755" : "700", _tree.ModeOf(changed));
    }
}
