using System.Globalization;
using ExecActors.Platform.Interop;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Lifetime;

public sealed class GuardianTests : IClassFixture<LeakCheck>
{
    private const string Runaway = "setsid sh -c '(sh -c \"echo \\$\\$; exec sleep 600 < /dev/null > /dev/null 2>&1\" &)'; exec sleep 600";

    [Fact]
    public async Task It_holds_nothing_but_its_pipe_and_is_nobody_s_child_and_ends_at_the_farewell()
    {
        using var host = NewHost();
        using var child = TestChild.Start(host, Spec.Of("sleep", "600"));
        var guardian = host.Containment!.GuardianPid;

        await HoldsOnlyItsPipeAsync(guardian);
        Assert.NotEqual(Libc.GetSid(0), Libc.GetSid(guardian));
        Assert.Null(Descendant.ChildrenOf(Environment.ProcessId).Where(pid => pid == guardian).Cast<int?>().SingleOrDefault());
        Assert.False(new MarkRange(4_000_000_000_000_000_000, 4_999_999_999_999_999_999).Contains(Libc.SoftLocks(guardian)!.Value));
        foreach (var signal in new[] { Signals.SIGHUP, Signals.SIGINT, Signals.SIGQUIT, Signals.SIGTERM })
        {
            Assert.Equal(0, Libc.Kill(guardian, signal));
        }

        Assert.Equal(guardian, host.Containment.GuardianPid);
        host.Dispose();
        await GoneAsync(guardian);
    }

    [Fact]
    public async Task Another_one_takes_the_place_of_one_that_was_killed()
    {
        var replaced = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var host = NewHost(what => replaced.TrySetResult(what));
        using var child = TestChild.Start(host, Spec.Shell(Runaway));
        var first = host.Containment!.GuardianPid;

        Assert.Equal(0, Libc.Kill(first, Signals.SIGKILL));

        Assert.Contains(first.ToString(CultureInfo.InvariantCulture), await replaced.Task.SoonAsync(), StringComparison.Ordinal);
        var second = host.Containment.GuardianPid; // waits until it is there
        Assert.NotEqual(first, second);
        await HoldsOnlyItsPipeAsync(second);
        host.Dispose();
        await GoneAsync(second);
    }

    [Theory]
    [InlineData("/usr/bin:/bin")]
    [InlineData("/nonexistent")] // a system without grep: the shell looks itself
    public async Task It_ends_what_bears_the_mark_when_the_pipe_ends_without_a_farewell(string path)
    {
        var mark = ProcessMark.NewHost();
        Assert.True(MarkGate.TryUse(mark));
        using var host = NewHost();
        using var child = TestChild.Start(host, Spec.Shell(Runaway));
        await child.UntilAsync(() => child.Stdout.EndsWith('\n'));
        var runaway = int.Parse(child.Stdout, CultureInfo.InvariantCulture);
        var prefix = Libc.SoftLocks(runaway)!.Value.ToString(CultureInfo.InvariantCulture)[..8];

        using var reactor = new Reactor();
        using var guardian = Guardian.TryStart(reactor, prefix, leaf: null, isInside: false, _ => { }, out var whyNot, path);
        Assert.Null(whyNot);
        guardian!.Leave();

        await child.Exited;
        await GoneAsync(runaway);
        await GoneAsync(guardian.Pid);
        _ = Libc.TryReap(guardian.Pid); // the host adopted it, for this guardian is not its own
    }

    [Fact]
    public async Task It_removes_a_cgroup_that_was_made_after_it_had_begun()
    {
        var leaf = CgroupLeaf.Plan(OwnCgroup.Find(), out var whyNot);
        using var reactor = new Reactor();
        using var guardian = Guardian.TryStart(reactor, ProcessMark.NewHost().HostPrefix(), leaf, isInside: false, _ => { }, out var noGuardian);
        Assert.Null(noGuardian);
        var isMade = leaf is not null && leaf.Make(out whyNot); // on a machine that gives none the guardian ends all the same
        Assert.Equal(whyNot is null, isMade);

        guardian!.Leave();

        await GoneAsync(guardian.Pid);
        Assert.False(Directory.Exists(leaf?.Path));
        _ = Libc.TryReap(guardian.Pid);
    }

    private static LinuxProcessHost NewHost(Action<string>? warn = null) =>
        new((_, _) => { }, lifetime: new LifetimeOptions { Containment = ContainmentWay.Subreaper, Guardian = true }, warn: warn);

    private static async Task GoneAsync(int pid)
    {
        using var pidfd = Libc.PidfdOpen(pid);
        Assert.True(pidfd.IsInvalid || await Task.Run(() => Libc.PollFor(pidfd, Libc.POLLIN, (int)TestTimeouts.Default.TotalMilliseconds)) > 0);
    }

    // It says its number a moment before it lets go of where it said it.
    private static Task HoldsOnlyItsPipeAsync(int pid) => LeakCheck.SettleAsync(() =>
    {
        var targets = Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Select(link => new FileInfo(link).LinkTarget?.Split(':')[0] ?? "").Order(StringComparer.Ordinal).ToList();
        return targets is ["/dev/null", "/dev/null", "pipe"] ? [] : targets;
    });
}
