using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Lifetime;

/// <summary>Over a real cgroup where this machine gives one, and over a folder that is none.</summary>
public sealed class CgroupLeafTests : IClassFixture<LeakCheck>
{
    [Fact]
    public void A_folder_that_is_no_cgroup_is_left_as_it_was()
    {
        using var folder = new TemporaryFolder();

        Assert.Null(CgroupLeaf.TryMake(folder.Path, out var whyNot));

        Assert.Equal($"{folder.Path} has no cgroup.kill, which came with Linux 5.14", whyNot);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_parent_that_is_not_there_is_said_to_be_so()
    {
        Assert.Null(CgroupLeaf.TryMake("/nonexistent", out var whyNot));
        Assert.Equal("/nonexistent cannot be written: No such file or directory (os error 2)", whyNot);
        Assert.Null(CgroupLeaf.TryMake(parent: null, out whyNot));
        Assert.Equal("cgroup v2 is not mounted", whyNot);
    }

    [Fact]
    public async Task What_is_started_inside_is_killed_by_one_write_once_the_program_has_left()
    {
        var finding = HostSupport.Look(new LifetimeOptions { Containment = ContainmentWay.Auto }).First(found => string.Equals(found.Name, "cgroup v2", StringComparison.Ordinal));
        var leaf = CgroupLeaf.TryMake(OwnCgroup.Find(), out var whyNot);
        Assert.Equal(finding.IsEnough, leaf is not null);
        if (leaf is null)
        {
            Assert.Equal(finding.Detail, whyNot); // nothing to be had on this machine, and doctor says so
            return;
        }

        using var host = new LinuxProcessHost((_, _) => { });
        using var child = TestChild.Start(host, Spec.Shell("setsid sh -c 'trap \"\" TERM HUP; echo $$; exec sleep 600' & wait"));
        await child.UntilAsync(() => child.Stdout.EndsWith('\n'));
        Assert.Equal(0, leaf.Leave());
        Assert.False(leaf.TryRemove());

        Assert.True(leaf.KillAll(TestTimeouts.Default));

        Assert.Equal(Signals.SIGKILL, (await child.Exited).Signal);
        Assert.True(leaf.TryRemove());
        Assert.Equal(OwnCgroup.Find(), leaf.Parent);
    }

    [Fact]
    public async Task What_was_started_inside_can_be_moved_out_so_that_nothing_keeps_it()
    {
        var leaf = CgroupLeaf.TryMake(OwnCgroup.Find(), out _);
        if (leaf is null)
        {
            return; // nothing to be had on this machine; the test above says why
        }

        using var host = new LinuxProcessHost((_, _) => { });
        using var child = TestChild.Start(host, Spec.Shell("echo started; exec sleep 600"));
        await child.UntilAsync(() => child.Stdout.EndsWith('\n'));
        Assert.Equal(0, leaf.Leave());
        Assert.False(leaf.TryRemove());

        Assert.True(leaf.MoveAllOut(TestTimeouts.Default));

        Assert.True(leaf.TryRemove());
        Assert.False(child.Exited.IsCompleted);
        Assert.True(child.Process.SignalGroup(Signals.SIGKILL));
        await child.Exited;
    }
}
