using System.Diagnostics;
using System.Globalization;
using ExecActors.Platform.Interop;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Lifetime;

/// <summary>A host that adopts orphans, in the program of the tests: it leaves no trace in it. The binary's tests show the rest.</summary>
public sealed class ContainmentTests : IAsyncLifetime, IDisposable
{
    private const string Runaway = "setsid sh -c '(sh -c \"echo \\$\\$; exec sleep 600 < /dev/null > /dev/null 2>&1\" &)'";

    private static readonly LifetimeOptions _options = new() { Containment = ContainmentWay.Subreaper };
    private readonly LeakCheck _leaks = new();
    private readonly List<string> _warnings = [];
    private readonly LinuxProcessHost _host;

    public ContainmentTests() => _host = new LinuxProcessHost((_, _) => { }, lifetime: _options, warn: Warn);

    public Task InitializeAsync() => Task.CompletedTask;

    public void Dispose() => _host.Dispose();

    public async Task DisposeAsync()
    {
        _host.Dispose();
        await _leaks.AssertNothingLeftAsync();
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task One_that_left_the_group_ends_with_its_process_and_not_with_another_one()
    {
        using var other = TestChild.Start(_host, Spec.Shell($"{Runaway}; exec sleep 600"));
        using var child = TestChild.Start(_host, Spec.Shell($"{Runaway}; exec sleep 600"));
        var spared = await SaidAsync(other);
        var runaway = await SaidAsync(child);

        child.Process.EndAll();

        Assert.Equal(Signals.SIGKILL, (await child.Exited).Signal);
        await ProcessTable.WaitUntilGoneAsync(runaway); // and reaped, for it was adopted here
        Assert.True(Directory.Exists($"/proc/{spared}"));
        other.Process.EndAll();
        await ProcessTable.WaitUntilGoneAsync(spared);
    }

    [Fact]
    public async Task It_ends_with_its_family_when_its_process_was_released_long_ago()
    {
        var family = _host.NewFamily();
        var others = _host.NewFamily();
        var child = await TestChild.RunAsync(_host, Spec.Shell(Runaway) with { Family = family });
        var other = await TestChild.RunAsync(_host, Spec.Shell(Runaway) with { Family = others });
        await ProcessTable.WaitUntilGoneAsync(child.Process.Pid);
        var (runaway, spared) = (await SaidAsync(child), await SaidAsync(other));

        family.EndAll();
        family.EndAll();

        await ProcessTable.WaitUntilGoneAsync(runaway);
        Assert.True(Directory.Exists($"/proc/{spared}"));
        others.EndAll();
        await ProcessTable.WaitUntilGoneAsync(spared);
    }

    [Fact]
    public async Task A_program_that_takes_the_mark_off_is_found_by_its_parent()
    {
        // The parent has left the group, so that it still lives when the sweep comes.
        const string Unmarked = "setsid sh -c 'prlimit --locks=unlimited:unlimited sh -c \"echo \\$\\$; exec sleep 600 > /dev/null 2>&1\" & wait' & wait";
        using var child = TestChild.Start(_host, Spec.Shell(Unmarked));
        var runaway = await SaidAsync(child);
        Assert.Equal(Libc.RLIM_INFINITY, Libc.SoftLocks(runaway));

        child.Process.EndAll();

        await ProcessTable.WaitUntilGoneAsync(runaway);
    }

    [Fact]
    public async Task The_host_ends_orphans_that_took_the_mark_off()
    {
        using var child = TestChild.Start(_host, Spec.Shell("setsid prlimit --locks=unlimited:unlimited sh -c '(sh -c \"echo \\$\\$; exec sleep 600 > /dev/null 2>&1\" &)'"));
        var runaway = await SaidAsync(child);
        await child.Exited;

        _host.Dispose();

        await ProcessTable.WaitUntilGoneAsync(runaway);
    }

    [Fact]
    public async Task Orphans_that_end_by_themselves_are_reaped()
    {
        using var child = TestChild.Start(_host, Spec.Shell("setsid sh -c '(sh -c \"echo \\$\\$\" &)'; exec sleep 600"));
        await ProcessTable.WaitUntilGoneAsync(await SaidAsync(child));
    }

    [Fact]
    public async Task What_the_program_starts_otherwise_has_no_mark_and_keeps_its_exit_code()
    {
        using var child = TestChild.Start(_host, Spec.Shell("grep locks /proc/self/limits; exec sleep 600"));
        await child.UntilAsync(() => child.Stdout.EndsWith('\n'));
        Assert.StartsWith("Max file locks            4", child.Stdout, StringComparison.Ordinal);

        using var own = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "grep locks /proc/self/limits; exit 7"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        child.Process.EndAll();
        await own.WaitForExitAsync().SoonAsync();

        Assert.Equal(7, own.ExitCode);
        Assert.DoesNotContain("locks            4", await own.StandardOutput.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_containment_one_that_left_the_group_is_not_found()
    {
        using var host = new LinuxProcessHost((_, _) => { });
        var family = host.NewFamily();
        using var child = TestChild.Start(host, Spec.Shell($"{Runaway}; exec sleep 600") with { Family = family });
        var runaway = await SaidAsync(child);

        child.Process.EndAll();
        await child.Exited;
        family.EndAll();
        host.Dispose();

        Assert.Equal(0, Libc.Kill(runaway, Signals.SIGKILL));
    }

    [Fact]
    public void Marks_say_host_family_and_process_in_their_digits()
    {
        var host = ProcessMark.NewHost();
        Assert.Equal(8, host.HostPrefix().Length);
        Assert.Equal($"{host.HostPrefix()}00042000007", host.Of(42, 7).Value.ToString(CultureInfo.InvariantCulture));
        Assert.True(host.RangeOfFamily(42).Contains(host.Of(42, ProcessMark.MaxProcess).Value));
        Assert.False(host.RangeOfFamily(42).Contains(host.Of(43, 0).Value));
        Assert.True(host.RangeOfHost().Contains(host.Of(ProcessMark.MaxFamily, ProcessMark.MaxProcess).Value));

        var last = ProcessMark.MaxProcess - 1;
        Assert.Equal([ProcessMark.MaxProcess, 1], new[] { Containment.NextProcess(ref last), Containment.NextProcess(ref last) });
    }

    private static async Task<int> SaidAsync(TestChild child)
    {
        await child.UntilAsync(() => child.Stdout.EndsWith('\n'));
        return int.Parse(child.Stdout, CultureInfo.InvariantCulture);
    }

    private void Warn(string what)
    {
        lock (_warnings)
        {
            _warnings.Add(what);
        }
    }
}
