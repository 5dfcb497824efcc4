using ExecActors.Platform.Interop;

namespace ExecActors.Platform.Tests.Files;

/// <summary>What a running sandbox relies on is neither removed nor renamed, whoever asks for it.</summary>
public sealed class ReliedPlaceTests : IDisposable
{
    private readonly FileTree _tree = new FileTree().Directory("w/ws/sub").Directory("other");

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void A_placeholder_and_what_is_above_it_stay_until_its_sandbox_has_ended()
    {
        using (Placeholders.Hold([At("w/ws/.codex")]))
        {
            ExpectBusy("w/ws/.codex", "w/ws", "w");
            Assert.True(LinuxFiles.IsReliedOn(_tree["w/ws"], out var place));
            Assert.Equal(_tree["w/ws"], place);
            FileTree.Done(LinuxFiles.Remove(_tree["w/ws/sub"], recursive: true, force: false, followLinks: true));
        }

        FileTree.Done(LinuxFiles.Rename(_tree["w/ws"], _tree["w/moved"], replace: true));
        FileTree.Done(LinuxFiles.Remove(_tree["w"], recursive: true, force: false, followLinks: true));
        Assert.False(LinuxFiles.IsReliedOn(_tree["w"], out _));
    }

    [Fact]
    public void A_wall_stays_until_the_last_sandbox_that_it_keeps_in_has_ended()
    {
        _tree.Directory("w/ws/.git");
        var first = Placeholders.Hold([], [At("w/ws/.git")]);
        var second = Placeholders.Hold([], [At("w/ws/.git")]);
        first.Dispose();
        first.Dispose();
        ExpectBusy("w/ws/.git", "w/ws");
        second.Dispose();
        FileTree.Done(LinuxFiles.Remove(_tree["w/ws"], recursive: true, force: false, followLinks: true));
    }

    [Fact]
    public void Files_can_be_removed_beside_a_wall()
    {
        _tree.File("w/ws/f").File("w/ws/g");
        using (Placeholders.Hold([], [At("w/ws/f")]))
        {
            FileTree.Done(LinuxFiles.Remove(_tree["w/ws/f"], recursive: false, force: false, followLinks: true));
            FileTree.Done(LinuxFiles.Rename(_tree["w/ws/g"], _tree["w/ws/f"], replace: true));
        }
    }

    [Fact]
    public void A_placeholder_of_another_server_is_known_by_its_lock()
    {
        Assert.Equal(0, Libc.MakeDirectory(CString.Of(_tree["w/ws/.codex"]), 0x3ED)); // 01755
        using (var theirs = Libc.OpenDirectory(CString.Of(_tree["w/ws/.codex"])))
        {
            Assert.Equal(0, Libc.TryLockShared(theirs));
            Assert.Equal(FileOutcome.Failed(Errno.EBUSY), Remove("w/ws/.codex", recursive: false));
            Assert.Equal(FileOutcome.Failed(Errno.EBUSY), Remove("w/ws/.codex", recursive: true));
            Assert.Equal(FileOutcome.Failed(Errno.EBUSY), Remove("w", recursive: true));
            Assert.Equal(FileOutcome.Failed(Errno.EBUSY), LinuxFiles.Rename(_tree["w/ws/.codex"], _tree["gone"], replace: true));
            Assert.Equal(FileOutcome.Failed(Errno.EBUSY), LinuxFiles.Rename(_tree["other"], _tree["w/ws/.codex"], replace: true));
            Assert.True(_tree.Exists("w/ws/.codex"));
        }

        FileTree.Done(Remove("w", recursive: true));
    }

    private void ExpectBusy(params string[] names)
    {
        var before = _tree.Snapshot("");
        foreach (var name in names)
        {
            Assert.Equal(FileOutcome.Failed(Errno.EBUSY), Remove(name, recursive: true));
            Assert.Equal(FileOutcome.Failed(Errno.EBUSY), Remove(name, recursive: false));
            Assert.Equal(FileOutcome.Failed(Errno.EBUSY), LinuxFiles.Rename(_tree[name], _tree["moved"], replace: true));
            Assert.Equal(FileOutcome.Failed(Errno.EBUSY), LinuxFiles.Rename(_tree["other"], _tree[name], replace: true));
        }

        Assert.Equal(before, _tree.Snapshot(""));
    }

    private UnixPath At(string name) => UnixPath.FromText(_tree.Text(name));

    private FileOutcome Remove(string name, bool recursive) => LinuxFiles.Remove(_tree[name], recursive, force: false, followLinks: true);
}
