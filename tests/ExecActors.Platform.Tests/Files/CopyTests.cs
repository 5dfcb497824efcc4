using ExecActors.Platform.Interop;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Files;

public sealed class CopyTests : IClassFixture<LeakCheck>, IDisposable
{
    private readonly FileTree _tree = new FileTree()
        .File("a.txt", "hello").Directory("d").File("d/b.txt", "b").Link("dlink", "d").Link("link", "a.txt").Link("broken", "nowhere").Fifo("fifo");

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("d", "new", false, 0, FileRefusal.DirectoryNeedsRecursive)]
    [InlineData("d", "d/in", true, 0, FileRefusal.CopyIntoItself)]
    [InlineData("d", "d/in/deeper", true, 0, FileRefusal.CopyIntoItself)]
    [InlineData("d", "d", true, 0, FileRefusal.CopyIntoItself)]
    [InlineData("d", "dlink", true, 0, FileRefusal.CopyIntoItself)]
    [InlineData("d", "dlink/in", true, 0, FileRefusal.CopyIntoItself)]
    [InlineData("fifo", "new", true, 0, FileRefusal.UncopyableKind)]
    [InlineData("dlink", "a.txt", false, Errno.EEXIST, FileRefusal.None)]
    [InlineData("dlink", "dlink", false, Errno.EEXIST, FileRefusal.None)]
    [InlineData("nope", "new", false, Errno.ENOENT, FileRefusal.None)]
    [InlineData("a.txt", "nodir/new", false, Errno.ENOENT, FileRefusal.None)]
    [InlineData("a.txt", "d", false, Errno.EISDIR, FileRefusal.None)]
    [InlineData("a.txt", "link/x", false, Errno.ENOTDIR, FileRefusal.None)]
    [InlineData("link/x", "new", false, Errno.ENOTDIR, FileRefusal.None)]
    [InlineData("d", "a.txt", true, Errno.EEXIST, FileRefusal.None)]
    [InlineData("d", "broken", true, Errno.EEXIST, FileRefusal.None)]
    public void What_cannot_be_copied_is_refused_and_nothing_changes(string source, string destination, bool recursive, int errno, FileRefusal refusal)
    {
        var before = _tree.Snapshot("");
        Assert.Equal(new FileOutcome(errno, refusal), LinuxFiles.Copy(_tree[source], _tree[destination], recursive));
        Assert.Equal(before, _tree.Snapshot(""));
    }

    [Fact]
    public void A_file_is_copied_with_its_permissions_over_what_is_there()
    {
        _tree.File("c", "longer than before", 0x180).Mode("a.txt", 0x9ED); // 0600, 04755
        var inode = _tree.Status("c").Identity;

        FileTree.Done(LinuxFiles.Copy(_tree["a.txt"], _tree["c"], recursive: false));
        FileTree.Done(LinuxFiles.Copy(_tree["a.txt"], _tree["new"], recursive: true));

        Assert.Equal(("hello", "4755"), (_tree.Content("c"), _tree.ModeOf("c")));
        Assert.Equal(("hello", "4755"), (_tree.Content("new"), _tree.ModeOf("new")));
        Assert.Equal(inode, _tree.Status("c").Identity);
    }

    [Fact]
    public void A_file_is_written_through_a_link_also_one_that_leads_nowhere()
    {
        FileTree.Done(LinuxFiles.Copy(_tree["d/b.txt"], _tree["link"], recursive: false));
        FileTree.Done(LinuxFiles.Copy(_tree["d/b.txt"], _tree["broken"], recursive: false));

        Assert.Equal(("b", "b"), (_tree.Content("a.txt"), _tree.Content("nowhere")));
        Assert.Equal("a.txt", _tree.Target("link"));
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("link")]
    [InlineData("hard")]
    public void A_file_copied_onto_itself_is_left_alone(string name)
    {
        _tree.HardLink("hard", "a.txt");

        FileTree.Done(LinuxFiles.Copy(_tree["a.txt"], _tree[name], recursive: false));

        Assert.Equal("hello", _tree.Content("a.txt"));
    }

    [Theory]
    [InlineData("dlink", "d")]
    [InlineData("broken", "nowhere")]
    public void A_link_becomes_a_link_with_the_same_text(string name, string target)
    {
        FileTree.Done(LinuxFiles.Copy(_tree[name], _tree["new"], recursive: false));

        Assert.Equal(target, _tree.Target("new"));
    }

    [Fact]
    public void A_tree_is_merged_and_special_files_are_left_out()
    {
        _tree.Directory("d/sub").File("d/sub/s", "s").Fifo("d/fifo").Link("d/up", "..").File("d/bad\u00FF", "bytes");
        _tree.Directory("e/sub").File("e/b.txt", "old").File("e/kept", "kept");

        FileTree.Done(LinuxFiles.Copy(_tree["d"], _tree["e"], recursive: true));

        Assert.Equal(["b.txt", "bad\u00FF", "kept", "sub", "up"], _tree.Names("e"));
        Assert.Equal(("b", "kept", "s", "bytes"), (_tree.Content("e/b.txt"), _tree.Content("e/kept"), _tree.Content("e/sub/s"), _tree.Content("e/bad\u00FF")));
        Assert.Equal("..", _tree.Target("e/up"));
    }

    [Fact]
    public void A_tree_is_made_with_its_ancestors_or_merged_through_a_link()
    {
        _tree.Directory("real").Link("via", "real");

        FileTree.Done(LinuxFiles.Copy(_tree["d"], _tree["x/y/z"], recursive: true));
        FileTree.Done(LinuxFiles.Copy(_tree["d"], _tree["via"], recursive: true));

        Assert.Equal(("b", "b"), (_tree.Content("x/y/z/b.txt"), _tree.Content("real/b.txt")));
    }

    [Fact]
    public void A_tree_may_be_copied_into_what_it_lies_in()
    {
        _tree.Directory("p/q").File("p/q/f", "f");

        FileTree.Done(LinuxFiles.Copy(_tree["p/q"], _tree["p"], recursive: true));

        Assert.Equal("f", _tree.Content("p/f"));
    }

    [Fact]
    public void Holes_stay_holes()
    {
        const long Size = 64L << 20;
        FileTree.Done(LinuxFiles.OpenReplace(_tree["sparse"], followLinks: true, out var handle));
        using (handle)
        {
            FileTree.Done(handle!.SetSize(Size));
            FileTree.Done(handle.WriteAt("middle"u8, Size / 2));
        }

        FileTree.Done(LinuxFiles.Copy(_tree["sparse"], _tree["copy"], recursive: false));

        FileTree.Done(LinuxFiles.OpenRead(_tree["copy"], followLinks: true, out var copy));
        using (copy)
        {
            FileTree.Done(copy!.GetSize(out var size));
            var bytes = new byte[6];
            FileTree.Done(copy.ReadAt(bytes, Size / 2, out _));
            Assert.Equal((Size, "middle"), (size, System.Text.Encoding.ASCII.GetString(bytes)));
            Assert.InRange(Libc.SeekData(copy.Descriptor, 0), 1, Size / 2); // data begins behind a hole
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3_000_001)]
    public void Files_of_any_size_are_copied_whole(int size)
    {
        var content = string.Create(size, 0, (chars, _) =>
        {
            for (var index = 0; index < chars.Length; index++)
            {
                chars[index] = (char)(index * 31 % 251);
            }
        });
        _tree.File("big", content);

        FileTree.Done(LinuxFiles.Copy(_tree["big"], _tree["copy"], recursive: false));

        Assert.Equal(content, _tree.Content("copy"));
    }

    [Fact]
    public void A_file_whose_size_says_nothing_is_copied_by_reading_it()
    {
        FileTree.Done(LinuxFiles.Copy("/proc/self/status"u8, _tree["copy"], recursive: false));
        FileTree.Done(LinuxFiles.Copy(_tree["a.txt"], "/dev/null"u8, recursive: false));

        Assert.Contains("Name:", _tree.Content("copy"), StringComparison.Ordinal);
    }
}
