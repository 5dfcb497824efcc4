using ExecActors.Platform.Interop;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Files;

public sealed class RemoveTests : IClassFixture<LeakCheck>, IDisposable
{
    private readonly FileTree _tree = new FileTree()
        .Directory("d").File("d/x").Directory("e").File("a.txt").Link("dlink", "d").Link("link", "a.txt").Link("broken", "nowhere")
        .Link("l1", "l2").Link("l2", "l1").Fifo("fifo");

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("nope", true, true, 0)]
    [InlineData("nope", true, false, Errno.ENOENT)]
    [InlineData("nope/x", false, true, 0)]
    [InlineData("a.txt/x", true, true, Errno.ENOTDIR)]
    [InlineData("l1/x", true, true, Errno.ELOOP)]
    [InlineData("d", false, true, Errno.ENOTEMPTY)]
    [InlineData("d", true, false, 0)]
    [InlineData("e", false, false, 0)]
    [InlineData("a.txt", false, false, 0)]
    [InlineData("a.txt", true, true, 0)]
    [InlineData("fifo", true, false, 0)]
    [InlineData("dlink/x", false, false, 0)]
    [InlineData("broken", false, false, 0)]
    [InlineData("l1", true, false, 0)]
    public void What_has_the_name_goes(string name, bool recursive, bool force, int errno)
    {
        Assert.Equal(FileOutcome.Failed(errno), LinuxFiles.Remove(_tree[name], recursive, force, followLinks: true));
        Assert.Equal(errno is Errno.ENOTEMPTY, _tree.Exists(name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_goes_and_its_target_stays(bool recursive)
    {
        FileTree.Done(LinuxFiles.Remove(_tree["dlink"], recursive, force: false, followLinks: true));
        FileTree.Done(LinuxFiles.Remove(_tree["link"], recursive, force: false, followLinks: true));

        Assert.Equal((false, false, true, true), (_tree.Exists("dlink"), _tree.Exists("link"), _tree.Exists("d/x"), _tree.Exists("a.txt")));
    }

    [Theory]
    [InlineData("dlink/x", Errno.ENOTDIR)]
    [InlineData("dlink/nope", Errno.ENOTDIR)]
    [InlineData("link/x", Errno.ENOTDIR)]
    [InlineData("l1/x", Errno.ENOTDIR)]
    [InlineData("d", Errno.ENOTEMPTY)]
    [InlineData("e", 0)]
    [InlineData("nope", 0)]
    [InlineData("a.txt", 0)]
    public void No_link_is_passed_when_none_is_followed(string name, int errno) =>
        Assert.Equal(FileOutcome.Failed(errno), LinuxFiles.Remove(_tree[name], recursive: false, force: true, followLinks: false));

    [Fact]
    public void Without_following_neither_links_nor_trees_are_removed()
    {
        Assert.Equal(FileOutcome.Refused(FileRefusal.SymbolicLink), LinuxFiles.Remove(_tree["dlink"], recursive: false, force: true, followLinks: false));
        Assert.Equal(FileOutcome.Refused(FileRefusal.RecursiveUnfollowed), LinuxFiles.Remove(_tree["d"], recursive: true, force: true, followLinks: false));
        Assert.True(_tree.Exists("dlink") && _tree.Exists("d/x"));
    }

    [Fact]
    public void The_root_stays() =>
        Assert.Equal(FileOutcome.Failed(Errno.EBUSY), LinuxFiles.Remove("/"u8, recursive: true, force: true, followLinks: true));

    [Fact]
    public void A_tree_of_every_kind_goes_whole()
    {
        _tree.Directory("t/u/v").File("t/u/v/bad\u00FF").Link("t/u/out", "../../d").Link("t/dang", "no").Fifo("t/fifo").Directory("t/.hidden").Socket("t/socket");

        FileTree.Done(LinuxFiles.Remove(_tree["t"], recursive: true, force: false, followLinks: true));

        Assert.False(_tree.Exists("t"));
        Assert.True(_tree.Exists("d/x"));
    }

    [Fact]
    public void A_tree_deeper_than_a_path_is_long_goes_with_few_descriptors()
    {
        using var deep = new DeepTree(_tree["deep"], "level", 3000);

        FileTree.Done(LinuxFiles.Remove(_tree["deep"], recursive: true, force: false, followLinks: true));

        Assert.False(_tree.Exists("deep"));
    }

    [Fact]
    public void A_tree_of_a_thousand_goes_while_others_remove_it_too()
    {
        for (var number = 0; number < 800; number++)
        {
            _tree.File($"e/{number}", "");
        }

        for (var number = 0; number < 50; number++)
        {
            _tree.Directory($"e/sub{number}/x/y").File($"e/sub{number}/x/y/z", "");
        }

        var outcomes = new FileOutcome[4];
        Parallel.For(0, outcomes.Length, index =>
            outcomes[index] = LinuxFiles.Remove(_tree["e"], recursive: true, force: true, followLinks: true));

        Assert.All(outcomes, FileTree.Done);
        Assert.False(_tree.Exists("e"));
    }

    [Fact]
    public async Task A_link_swapped_in_meanwhile_never_leads_out()
    {
        _tree.Directory("outside").File("outside/precious");
        const int Rounds = 100;
        for (var round = 0; round < Rounds; round++)
        {
            _tree.Directory("t/victim/in").File("t/victim/in/f", "").Link("swap", _tree.Text("outside"));
            using var stop = new CancellationTokenSource();
            var swapping = Task.Run(() => SwapUntil(stop.Token));

            LinuxFiles.Remove(_tree["t"], recursive: true, force: true, followLinks: true);

            await stop.CancelAsync();
            await swapping.SoonAsync();
            Assert.True(_tree.Exists("outside/precious"), $"round {round}");
            FileTree.Done(LinuxFiles.Remove(_tree["t"], recursive: true, force: true, followLinks: true));
            FileTree.Done(LinuxFiles.Remove(_tree["swap"], recursive: true, force: true, followLinks: true));
        }
    }

    private void SwapUntil(CancellationToken stop)
    {
        const uint Exchange = 2; // RENAME_EXCHANGE
        while (!stop.IsCancellationRequested)
        {
            _ = Libc.RenameAt(Libc.NoDirectory, CString.Of(_tree["t/victim"]), Libc.NoDirectory, CString.Of(_tree["swap"]), Exchange);
        }
    }
}
