using ExecActors.Platform.Interop;
using ExecActors.Testing;
using static ExecActors.Platform.Tests.Sandboxed;

namespace ExecActors.Platform.Tests;

/// <summary>What belongs to the machine in /proc and /sys cannot be written from inside, whatever the policy grants and whoever the server is.</summary>
public sealed class MachineStateTests(HostFixture fixture) : IClassFixture<HostFixture>, IDisposable
{
    // find asks access(2), which knows of modes and of mounts.
    private const string FindWritable =
        "find /proc /sys \\( -path '/proc/[0-9]*' -o -path /proc/self -o -path /proc/thread-self \\) -prune -o -type f -writable -print 2>/dev/null";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SandboxTheory]
    [InlineData("read", true)]
    [InlineData("read", false)]
    [InlineData("write", true)]
    [InlineData("workspace", true)]
    [InlineData("sys", false)]
    [InlineData("everything", true)]
    public async Task Nothing_of_the_machine_can_be_written(string what, bool restrictsNetwork)
    {
        Directory.CreateDirectory($"{_folder.Path}/ws");
        var granted = what switch
        {
            "read" => Policy(Read("/")),
            "write" => Policy(Write("/")),
            "workspace" => Policy(Write("/"), Read($"{_folder.Path}/ws")),
            "sys" => Policy(Read("/"), Write("/sys"), Write("/proc/sys")),
            _ => new SandboxPolicy { RestrictsFiles = false, RestrictsNetwork = true },
        };
        var policy = granted with { RestrictsNetwork = restrictsNetwork };

        Assert.Equal("", await SayAsync(fixture.Host, policy, "/", FindWritable));
        Assert.Equal(
            "", await SayAsync(
                fixture.Host, policy, "/",
                "for f in /proc/sys/kernel/hostname /proc/sys/kernel/core_pattern /proc/sys/vm/drop_caches; do (: >>$f) 2>/dev/null && echo $f; done; :"));
    }

    [SandboxFact]
    public async Task Only_what_can_be_written_or_holds_something_that_can_is_covered()
    {
        // A mount for each of the others would be the longest part of a start. What this user may not look into may hold something.
        var covered = ProcFiles.Find(sharesNetwork: false).Paths.ToArray();
        var holding = await SayAsync(
            fixture.Host, policy: null, "/",
            $"for p in {string.Join(' ', covered)}; do find $p \\( -perm /222 ! -type l ! -type d \\) -o \\( -type d ! -readable \\) 2>/dev/null | sed 's|^\\(/proc/[^/]*\\).*|\\1|'; done | sort -u");
        Assert.Equal(covered.Order(StringComparer.Ordinal), holding.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [SandboxFact]
    public async Task What_belongs_to_a_process_can_be_written_as_ever() =>
        Assert.Equal(
            "500\nmine\nout",
            await SayAsync(
                fixture.Host, Policy(Read("/")), "/",
                "echo 500 >/proc/self/oom_score_adj; cat /proc/self/oom_score_adj; printf mine >/proc/$$/comm; cat /proc/$$/comm; echo out >/dev/stdout"));

    [SandboxTheory]
    [InlineData("cgroup2")]
    [InlineData("proc")]
    [InlineData("sysfs")]
    public void A_place_with_the_machines_state_in_what_may_be_written_is_for_reading(string type)
    {
        var found = MachineMounts.Parse($"""
            22 27 0:21 / /proc rw,relatime - proc proc rw
            23 27 0:22 / /sys rw,relatime shared:2 - sysfs sysfs rw
            24 23 0:23 / /sys/fs/cgroup rw - cgroup2 none rw
            25 27 0:24 / /srv/a\040root/x rw,relatime shared:3 master:1 - {type} none rw
            26 27 8:1 / /home rw - ext4 /dev/sda1 rw
            """);
        Assert.Equal(["/sys", "/srv/a root/x"], found.Select(path => path.ToString()));
    }

    [SandboxFact]
    public void An_entry_cannot_grant_what_is_the_machines()
    {
        var plan = Policy(Read("/"), Write("/sys"), Write("/sys/kernel")).Plan();
        Assert.Equal(SandboxAccess.Read, plan.AccessTo(UnixPath.FromText("/sys/kernel/mm")));
        Assert.Equal(SandboxAccess.Read, Policy(Write("/")).Plan().AccessTo(UnixPath.FromText("/sys/kernel")));
        Assert.Equal(SandboxAccess.Write, Policy(Write("/")).Plan().AccessTo(UnixPath.FromText("/tmp")));
    }

    [Fact]
    public void A_place_is_found_whatever_bytes_its_name_has()
    {
        // As in UTF-8, where U+0085 and the like end no line of the table.
        var found = MachineMounts.Parse("25 27 0:24 / /srv/\u00c3\u0085\r\f/x rw - sysfs none rw\n");
        Assert.Equal("/srv/\u00c3\u0085\r\f/x", found.Single().Raw);
    }

    [Fact]
    public void What_a_link_leads_to_is_judged_where_it_is()
    {
        using var tree = new FileTree().Link("kernel", "/proc/sys/kernel").Link("name", "/proc/sys/kernel/hostname").Link("sys", "/sys").File("f", "F").File("d/g", "G");
        var guard = MachineGuard.Instance;
        FileOutcome[] refused =
        [
            LinuxFiles.OpenOverwrite(tree["name"], followLinks: true, out _, guard),
            LinuxFiles.OpenReplaceRegular(tree["kernel/hostname"], out _, guard),
            LinuxFiles.OpenAtomicReplace(tree["kernel/hostname"], out _, guard),
            LinuxFiles.CreateDirectory(tree["sys/d"], recursive: false, followLinks: true, guard),
            LinuxFiles.CreateDirectory(tree["sys/d/e"], recursive: true, followLinks: true, guard),
            LinuxFiles.Copy(tree["f"], tree["kernel/f"], recursive: false, guard),
            LinuxFiles.Copy(tree["d"], tree["kernel/d"], recursive: true, guard),
            LinuxFiles.Rename(tree["f"], tree["kernel/f"], replace: true, guard),
            LinuxFiles.Rename(tree["kernel/hostname"], tree["gone"], replace: true, guard),
            LinuxFiles.Remove(tree["kernel/hostname"], recursive: false, force: false, followLinks: true, guard),
            LinuxFiles.ChangeMode(tree["name"], 0x1A4, followLinks: true, guard),
        ];
        Assert.All(refused, outcome => Assert.Equal(FileOutcome.Failed(Errno.EROFS), outcome));
        FileTree.Done(LinuxFiles.Copy(tree["f"], tree["copy"], recursive: false, guard));
        FileTree.Done(LinuxFiles.Remove(tree["d"], recursive: true, force: false, followLinks: true, guard));
        Assert.True(MachineState.LiesBelow(UnixPath.Root));
        Assert.False(MachineState.LiesBelow(UnixPath.FromText(tree.RootText)));
    }
}
