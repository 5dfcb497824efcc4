using ExecActors.Platform.Interop;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Files;

public sealed class AtomicReplaceTests : IClassFixture<LeakCheck>, IDisposable
{
    private readonly FileTree _tree = new FileTree()
        .Directory("d").File("d/a.txt", "old", 0x1A0).Link("link", "d/a.txt").Link("twice", "link").Link("absolute", "/nowhere/at/all")
        .Link("broken", "d/created").Link("dirlink", "d/").Link("dots", "d/..").Link("l1", "l2").Link("l2", "l1").Fifo("fifo");

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("d/a.txt", "d/a.txt")]
    [InlineData("d/new", "d/new")]
    [InlineData("link", "d/a.txt")]
    [InlineData("twice", "d/a.txt")]
    [InlineData("broken", "d/created")]
    public void The_new_file_is_there_only_once_it_is_committed(string name, string replaced)
    {
        var before = _tree.Snapshot("");
        FileTree.Done(LinuxFiles.OpenAtomicReplace(_tree[name], out var handle));
        using (handle)
        {
            FileTree.Done(handle!.WriteAt("complete"u8, 0));
            Assert.Equal(before, _tree.Snapshot(""));

            FileTree.Done(handle.Commit());
            FileTree.Done(handle.Commit());
        }

        Assert.Equal("complete", _tree.Content(replaced));
        Assert.Equal(before.Keys.Append($"/{replaced}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), _tree.Snapshot("").Keys, StringComparer.Ordinal);
        Assert.Equal("d/a.txt", _tree.Target("link"));
    }

    [Theory]
    [InlineData("d/a.txt")]
    [InlineData("d/new")]
    public void What_is_given_up_leaves_nothing_behind(string name)
    {
        var before = _tree.Snapshot("");
        FileTree.Done(LinuxFiles.OpenAtomicReplace(_tree[name], out var handle));
        FileTree.Done(handle!.WriteAt("half"u8, 0));
        handle.Dispose();

        Assert.Equal(before, _tree.Snapshot(""));
    }

    [Fact]
    public void What_could_not_be_written_whole_is_not_put_in_place()
    {
        var before = _tree.Snapshot("");
        FileTree.Done(LinuxFiles.OpenAtomicReplace(_tree["d/a.txt"], out var handle));
        using (handle)
        {
            FileTree.Done(handle!.WriteAt("half"u8, 0));
            Assert.Equal(FileOutcome.Failed(Errno.EINVAL), handle.WriteAt("x"u8, -1));
            Assert.Equal(FileOutcome.Refused(FileRefusal.ReplacementFailed), handle.Commit());
        }

        Assert.Equal(before, _tree.Snapshot(""));
    }

    [Fact]
    public void Permissions_pass_to_the_new_file_and_hard_links_keep_the_old_bytes()
    {
        _tree.HardLink("hard", "d/a.txt");
        Replace("d/a.txt", "new");
        Replace("d/fresh", "fresh");

        Assert.Equal(("new", "640", "old"), (_tree.Content("d/a.txt"), _tree.ModeOf("d/a.txt"), _tree.Content("hard")));
        Assert.Equal(_tree.File("plain").ModeOf("plain"), _tree.ModeOf("d/fresh"));
    }

    [Theory]
    [InlineData("d", Errno.EISDIR, FileRefusal.None)]
    [InlineData("dirlink", Errno.EISDIR, FileRefusal.None)]
    [InlineData("dots", Errno.EISDIR, FileRefusal.None)]
    [InlineData("nodir/x", Errno.ENOENT, FileRefusal.None)]
    [InlineData("absolute", Errno.ENOENT, FileRefusal.None)]
    [InlineData("d/a.txt/x", Errno.ENOTDIR, FileRefusal.None)]
    [InlineData("l1", Errno.ELOOP, FileRefusal.None)]
    [InlineData("fifo", 0, FileRefusal.NotAFile)]
    public void What_cannot_be_replaced_is_refused(string name, int errno, FileRefusal refusal)
    {
        Assert.Equal(new FileOutcome(errno, refusal), LinuxFiles.OpenAtomicReplace(_tree[name], out var handle));
        Assert.Null(handle);
    }

    [Fact]
    public void The_root_and_devices_are_not_replaced()
    {
        Assert.Equal(FileOutcome.Failed(Errno.EISDIR), LinuxFiles.OpenAtomicReplace("/"u8, out _));
        Assert.Equal(FileOutcome.Refused(FileRefusal.NotAFile), LinuxFiles.OpenAtomicReplace("/dev/null"u8, out _));
    }

    [Fact]
    public void A_file_that_was_prepared_elsewhere_under_a_temporary_name_is_put_in_place_or_removed()
    {
        Replacement(".temporary1", "d/a.txt", commit: true);
        Replacement(".temporary2", "d/never", commit: false);

        Assert.Equal("prepared", _tree.Content("d/a.txt"));
        Assert.Equal(["a.txt"], _tree.Names("d"));
    }

    [Fact]
    public void The_directory_may_be_renamed_meanwhile()
    {
        FileTree.Done(LinuxFiles.OpenAtomicReplace(_tree["d/a.txt"], out var handle));
        using (handle)
        {
            FileTree.Done(handle!.WriteAt("new"u8, 0));
            FileTree.Done(LinuxFiles.Rename(_tree["d"], _tree["moved"], replace: false));
            FileTree.Done(handle.Commit());
        }

        Assert.Equal("new", _tree.Content("moved/a.txt"));
    }

    private void Replace(string name, string content)
    {
        FileTree.Done(LinuxFiles.OpenAtomicReplace(_tree[name], out var handle));
        using (handle)
        {
            FileTree.Done(handle!.WriteAt(System.Text.Encoding.ASCII.GetBytes(content), 0));
            FileTree.Done(handle.Commit());
        }
    }

    private void Replacement(string temporary, string name, bool commit)
    {
        var directory = Libc.OpenAt(Libc.NoDirectory, CString.Of(_tree["d"]), Libc.O_PATH | Libc.O_DIRECTORY);
        var temporaryName = CString.Of(temporary);
        var file = Libc.OpenAt(directory, temporaryName, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL, 0x1A4);
        using var handle = new FileHandle(file, new FileReplacement(directory, CString.Of(name["d/".Length..]), temporaryName));
        FileTree.Done(handle.WriteAt("prepared"u8, 0));
        if (commit)
        {
            FileTree.Done(handle.Commit());
        }
    }
}
