using System.Runtime.InteropServices;
using ExecActors.Testing;

namespace ExecActors.Integration.Tests.Escape;

/// <summary>Processes that try to reach other processes, and rights they do not have.</summary>
public sealed class ProcessEscapeTests(SandboxServer fixture) : EscapeTests(fixture), IClassFixture<SandboxServer>
{
    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>Whether the kernel lets a program look into another one of the same user at all; elsewhere there is nothing to hold.</summary>
    private static bool MayTrace => IsRoot || !File.Exists("/proc/sys/kernel/yama/ptrace_scope") || File.ReadAllText("/proc/sys/kernel/yama/ptrace_scope").Trim() == "0";

    private static (int Ptrace, int ReadMemory) Numbers => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? (117, 270) : (101, 310);

    [SandboxTheory]
    [InlineData("cat /proc/SERVER/environ | tr '\\0' '\\n' | grep -c ^HOME=")]
    [InlineData("ls -l /proc/SERVER/fd | grep -c socket:")]
    [InlineData("grep -c execactors /proc/SERVER/maps")]
    [InlineData("ps -e -o pid= | grep -cw SERVER")]
    public Task The_server_is_not_looked_at(string script) => AssertHeldAsync(
        script.Replace("execactors", Path.GetFileName(ServerUnderTest.Command[0]), StringComparison.Ordinal), run => run.Stdout.Trim() is not ("0" or ""), network: "enabled");

    [SandboxFact]
    public async Task Another_process_gets_no_signal()
    {
        foreach (var sandboxed in new[] { false, true })
        {
            var victim = sandboxed ? "v2" : "v1";
            await Client.ResultAsync("process/start", Script(victim, "echo $$; exec sleep 600", sandbox: null));
            var pid = (await Client.OutputUntilAsync(victim, "\n")).Trim();
            var run = await RunAsync(victim + "k", $"kill -TERM {pid}", sandboxed ? Sandbox(Workspace) : null);
            Assert.Equal(sandboxed, run.ExitCode != 0);
            if (sandboxed)
            {
                Assert.True(await Client.TerminateAsync(victim), "the victim has ended");
            }

            Assert.Equal(sandboxed ? 137 : 143, (await Client.FinishAsync(victim, firstSeq: 2)).ExitCode);
        }
    }

    [SandboxFact]
    public async Task The_server_gets_no_signal()
    {
        var run = await RunAsync("p", $"kill -TERM {Fixture.Server.Pid}; kill -KILL {Fixture.Server.Pid}; kill -TERM -{Fixture.Server.Pid}; echo done", Sandbox(Workspace));
        Assert.Equal("done\n", run.Stdout);
        Assert.Equal("ready", (string?)(await Client.ResultAsync("environment/status"))["status"]);
    }

    [SandboxFact]
    public async Task No_process_is_traced_neither_the_server_nor_one_inside()
    {
        var (ptrace, readMemory) = Numbers;
        const int Seize = 0x4206;
        if (MayTrace)
        {
            var free = await RunAsync("free", Trace(ptrace, Seize, Fixture.Server.Pid), sandbox: null);
            Assert.Equal("0", free.Stdout);
        }

        foreach (var pid in new[] { $"{Fixture.Server.Pid}", "1", "fork" })
        {
            var held = await RunAsync("held" + pid, Trace(ptrace, Seize, pid), Sandbox(Workspace));
            Assert.Equal("1", held.Stdout); // EPERM
            var read = await RunAsync("read" + pid, Trace(readMemory, 0, pid).Replace("$pid, 0, 0", "0, 0, 0", StringComparison.Ordinal), Sandbox(Workspace));
            Assert.Equal("1", read.Stdout);
        }

        static string Trace(int call, int request, object pid) =>
            $"perl -e 'my $pid = \"{pid}\"; $pid = fork // die, $pid == 0 && sleep 60 if $pid eq \"fork\"; $pid += 0; "
            + $"my $r = syscall({call}, {(request == 0 ? "$pid" : $"{request}")}, $pid, 0, 0, 0, 0); print $r < 0 ? $!+0 : 0; kill 9, $pid if $pid == ($pid+0) && \"{pid}\" eq \"fork\"'";
    }

    [SandboxFact]
    public async Task No_program_gets_the_rights_of_its_owner()
    {
        if (!IsRoot)
        {
            return; // only root can make a program that belongs to another user; NoNewPrivs is looked at elsewhere
        }

        const string Script = "cp /usr/bin/id sid && chown 65534 sid && chmod 4755 sid; ./sid -u";
        await AssertHeldAsync("[ -e ../sid ] || (cp /usr/bin/id ../sid && chown 65534 ../sid && chmod 4755 ../sid); ../sid -u", run => run.Stdout == "65534\n", ":root=read");
        await RunAsync("p", Script, Sandbox(Workspace));
        Assert.False(Tree.Has("ws/sid") && (Tree.Mode("ws/sid") & 0x800) != 0 && await RunsAsNobodyAsync());

        async Task<bool> RunsAsNobodyAsync() => (await RunAsync("q", "./sid -u", Sandbox(Workspace))).Stdout == "65534\n";
    }

    [SandboxFact]
    public async Task A_process_has_no_descriptor_but_its_three()
    {
        foreach (var sandbox in new[] { null, Sandbox(Workspace), Sandbox(Restricted + " /usr=read /bin=read /lib=read") })
        {
            var run = await RunAsync($"p{sandbox?["permissions"]}".Length.ToString(System.Globalization.CultureInfo.InvariantCulture), "for f in /proc/self/fd/*; do readlink $f >/dev/null && printf '%s ' ${f##*/}; done", sandbox);
            Assert.Equal("0 1 2 ", run.Stdout);
        }
    }

    [SandboxTheory]
    [InlineData("unshare -r true")]
    [InlineData("unshare -rn true")]
    [InlineData("unshare -m true")]
    [InlineData("unshare -p --fork true")]
    [InlineData("chroot / true")]
    public async Task No_namespace_is_made_inside(string script)
    {
        var run = await RunAsync("p", script, Sandbox(Workspace, "enabled"));
        Assert.NotEqual(0, run.ExitCode);
    }

    [SandboxTheory]
    [InlineData("io_uring_setup", 425, 425, "8, 0")]
    [InlineData("keyctl", 250, 219, "0, -3, 1")]
    [InlineData("add_key", 248, 217, "0, 0, 0, 0, -3")]
    [InlineData("bpf", 321, 280, "0, 0, 0")]
    [InlineData("perf_event_open", 298, 241, "0, 0, -1, -1, 0")]
    [InlineData("userfaultfd", 323, 282, "1")]
    [InlineData("setns", 308, 268, "0, 0")]
    [InlineData("mount", 165, 40, "0, 0, 0, 0, 0")]
    [InlineData("open_tree", 428, 428, "-100, 0, 1")]
    [InlineData("fsopen", 430, 430, "0, 0")]
    [InlineData("kexec_load", 246, 104, "0, 0, 0, 0")]
    public async Task Calls_that_no_program_of_an_agent_needs_are_refused(string name, int x64, int arm64, string arguments)
    {
        var number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? arm64 : x64;
        var run = await RunAsync("p", $"perl -e 'my $r = syscall({number}, {arguments}); print $r < 0 ? $!+0 : \"done\"'", Sandbox(Workspace, "enabled"));
        Assert.True(run.Stdout == "1", $"{name}: {run.Stdout}{run.Stderr}");
    }

    [SandboxFact]
    public async Task Nothing_is_typed_into_a_terminal()
    {
        var start = Script("p", "perl -e 'my $c = \"x\"; print ioctl(STDIN, 0x5412, $c) ? \"typed\" : \"errno \".($!+0)'", Sandbox(Workspace));
        start["tty"] = true;
        await Client.ResultAsync("process/start", start);
        Assert.Equal("errno 1", (await Client.FinishAsync("p")).Terminal);
    }
}
