using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ExecActors.Testing;
using static ExecActors.Platform.Tests.Sandboxed;

namespace ExecActors.Platform.Tests;

/// <summary>Ways out, each of which works without the sandbox and fails with it. Perl makes the system calls that a shell has no word for.</summary>
public sealed class SandboxEscapeTests(HostFixture fixture) : IClassFixture<HostFixture>, IDisposable
{
    private const string Server = "server";

    private readonly TemporaryFolder _folder = new();

    private static string Self => Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private string Root => _folder.Path;

    private string Workspace => $"{Root}/ws";

    public void Dispose() => _folder.Dispose();

    [SandboxTheory]
    [InlineData("ln -s ../out link && echo x > link/secret")]
    [InlineData("echo x > ../out/secret")]
    [InlineData("ln ../out/secret hard && echo x > hard")]
    [InlineData("echo x > /proc/self/root$PWD/../out/secret")]
    [InlineData("mv ../out gone && echo x > gone/secret")]
    [InlineData("perl -e 'open(D, \"<\", \"../out\"); chdir(D); open(F, \">\", \"secret\") or die $!'")]
    public Task Files_outside_the_writable_roots_cannot_be_reached_by_name(string attempt) =>
        EscapesOnlyWithout(attempt, () => File.Exists($"{Root}/out/secret") && File.ReadAllText($"{Root}/out/secret") == "S", Prepare);

    [SandboxTheory]
    [InlineData("mkdir new && echo x > new/config && rm -rf .git && mv new .git")]
    [InlineData("mv .git old && mkdir .git && echo x > .git/config")]
    [InlineData("echo x > t && mv -f t .git/config")]
    [InlineData("ln .git/config hard && echo x > hard")]
    [InlineData("ln -s .git link && echo x > link/config")]
    [InlineData("echo x > /proc/self/cwd/.git/config")]
    [InlineData("cd .. && mv ws other && echo x > other/.git/config; mv other ws")]
    public Task The_protected_directories_cannot_be_changed_or_replaced(string attempt) =>
        EscapesOnlyWithout(
            attempt,
            () => File.Exists($"{Workspace}/.git/config") && File.ReadAllText($"{Workspace}/.git/config") == "G",
            () =>
            {
                Prepare();
                _folder.Write("ws/.git/config", "G");
            });

    [SandboxTheory]
    [InlineData("kill -0 $server")]
    [InlineData("ls /proc/$server/fd")]
    [InlineData("cat /proc/$server/environ")]
    [InlineData("ls /proc/$server/root/")]
    [InlineData("dd if=/proc/$server/mem of=/dev/null count=0")]
    public async Task The_server_cannot_be_signalled_or_looked_into(string attempt)
    {
        var script = $"server={Self}; ({attempt}) >/dev/null 2>&1 && echo {Server}";
        Prepare();
        Assert.Equal(Server, await SayAsync(fixture.Host, policy: null, Workspace, script));
        Assert.Equal("", await SayAsync(fixture.Host, Sandboxed.Workspace(Workspace), Workspace, script));
    }

    [SandboxTheory]
    [InlineData("ptrace", 101, 117, "0, 0, 0, 0")] // PTRACE_TRACEME
    [InlineData("unshare", 272, 97, "0x10000000")] // CLONE_NEWUSER
    [InlineData("process_vm_readv", 310, 270, "$$, 0, 0, 0, 0, 0")]
    [InlineData("keyctl", 250, 219, "0, -3, 0")] // KEYCTL_GET_KEYRING_ID of the session's keyring
    [InlineData("clone with a user namespace", 56, 220, "0x10000011, 0, 0, 0, 0")]
    public async Task System_calls_that_lead_out_are_refused(string call, int x64, int arm64, string arguments)
    {
        var number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? arm64 : x64;
        var script = $"perl -e '$r = syscall({number}, {arguments}); exit 0 if $r == 0 && \"{call}\" =~ /clone/; print $r == -1 && $! == 1 ? \"refused\" : \"done\"'";
        Assert.NotEqual("refused", await SayAsync(fixture.Host, policy: null, "/", script));
        Assert.Equal("refused", await SayAsync(fixture.Host, Policy(Write("/")), "/", script));
    }

    [SandboxFact]
    public async Task Other_ways_to_make_system_calls_are_refused()
    {
        // io_uring_setup with no parameters: EFAULT where the kernel has it, EPERM where it or the filter forbids it; clone3: ENOSYS.
        var said = await SayAsync(
            fixture.Host, Policy(Write("/")), "/", "perl -e 'syscall(425, 1, 0); print $!+0, \" \"; syscall(435, 0, 0); print $!+0'");
        Assert.Equal("1 38", said);
    }

    [SandboxFact]
    public async Task Nothing_can_be_mounted()
    {
        Prepare();
        const string script = "unshare -rm true 2>/dev/null && echo unshared; unshare -rm mount -t tmpfs none . 2>/dev/null && echo mounted";
        Assert.Equal("unshared\nmounted", await SayAsync(fixture.Host, policy: null, Workspace, script));
        Assert.Equal("", await SayAsync(fixture.Host, Policy(Write("/")), Workspace, script));
    }

    [SandboxTheory]
    [InlineData(2, "AF_INET")]
    [InlineData(10, "AF_INET6")]
    [InlineData(16, "AF_NETLINK")]
    [InlineData(17, "AF_PACKET")]
    [InlineData(40, "AF_VSOCK")]
    public async Task Without_the_network_no_socket_but_a_local_one_can_be_made(int family, string name)
    {
        var script = $"perl -e 'socket(S, {family}, {(family is 16 or 17 ? 3 : 1)}, 0) and print \"{name}\"; print $! == 1 ? \"refused\" : \"\" unless fileno(S)'";
        if (family is 2 or 16)
        {
            Assert.Equal(name, await SayAsync(fixture.Host, policy: null, "/", script));
        }

        Assert.Equal("refused", await SayAsync(fixture.Host, Policy(Read("/")), "/", script));
        Assert.Equal("refused", await SayAsync(fixture.Host, new SandboxPolicy { RestrictsFiles = false, RestrictsNetwork = true }, "/", script));
        Assert.NotEqual("refused", await SayAsync(fixture.Host, Policy(Read("/")) with { RestrictsNetwork = false }, "/", script.Replace("$! == 1", "0", StringComparison.Ordinal)));
    }

    [SandboxFact]
    public async Task Local_sockets_and_pairs_can_be_made_without_the_network() =>
        Assert.Equal(
            "socket pair",
            await SayAsync(
                fixture.Host, Policy(Read("/")), "/",
                "perl -e 'socket(S, 1, 1, 0) and print \"socket \"; socketpair(A, B, 1, 1, 0) and print \"pair\"'"));

    [SandboxFact]
    public async Task Sockets_of_the_host_cannot_be_connected_to_without_the_network()
    {
        Prepare();
        using var abstractName = Listen(new UnixDomainSocketEndPoint($"\0execactors-{Guid.NewGuid():N}"));
        using var readable = Listen(new UnixDomainSocketEndPoint($"{Root}/out/s"));
        using var writable = Listen(new UnixDomainSocketEndPoint($"{Workspace}/s"));
        foreach (var listener in new[] { abstractName, readable, writable })
        {
            var path = listener.LocalEndPoint!.ToString()!;
            var address = path[0] is '@' or '\0' ? $"\"\\0{path[1..]}\"" : $"\"{path}\"";
            var script = $"perl -MSocket -e 'socket(S, 1, 1, 0); connect(S, pack_sockaddr_un({address})) and print \"connected\"'";
            Assert.Equal("connected", await SayAsync(fixture.Host, policy: null, Workspace, script));
            Assert.Equal("", await SayAsync(fixture.Host, Sandboxed.Workspace(Workspace), Workspace, script));
        }
    }

    [SandboxFact]
    public async Task Diagnostic_ports_of_this_program_cannot_be_reached_even_with_the_network()
    {
        var port = Assert.Single(Directory.EnumerateFileSystemEntries(Path.GetTempPath(), $"dotnet-diagnostic-{Self}-*"));
        var script = $"perl -MSocket -e 'socket(S, 1, 1, 0); connect(S, pack_sockaddr_un(\"{port}\")) and print \"connected\"'";
        Assert.Equal("connected", await SayAsync(fixture.Host, policy: null, "/", script));
        Assert.Equal("", await SayAsync(fixture.Host, Policy(Read("/")) with { RestrictsNetwork = false }, "/", script));
    }

    [SandboxFact]
    public async Task A_server_on_this_machine_cannot_be_reached_without_the_network()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var script = $"bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port} && echo connected' 2>/dev/null";
        Assert.Equal("connected", await SayAsync(fixture.Host, policy: null, "/", script));
        Assert.Equal("connected", await SayAsync(fixture.Host, Policy(Read("/")) with { RestrictsNetwork = false }, "/", script));
        Assert.Equal("", await SayAsync(fixture.Host, Policy(Read("/")), "/", script));
    }

    [SandboxFact]
    public async Task A_program_cannot_gain_another_user_by_its_set_uid_bit()
    {
        Prepare();
        const string prepare = "cp /usr/bin/id id; chown 65534 id 2>/dev/null; chmod u+s id; ./id -u";
        var before = await SayAsync(fixture.Host, policy: null, Workspace, "id -u");
        if (before == "0")
        {
            Assert.Equal("65534", await SayAsync(fixture.Host, policy: null, Workspace, prepare));
        }

        Assert.Equal(before, await SayAsync(fixture.Host, Sandboxed.Workspace(Workspace), Workspace, "./id -u 2>/dev/null || id -u"));
        Assert.Equal(
            "NoNewPrivs:\t1", await SayAsync(fixture.Host, Sandboxed.Workspace(Workspace), Workspace, "grep NoNewPrivs /proc/self/status"));
    }

    [SandboxFact]
    public async Task Everything_inside_has_no_capability_and_one_filter_the_first_process_too()
    {
        // bubblewrap's own first process gives up its rights just after it has begun the program.
        const string settled = "while grep -q '^Seccomp:.0' /proc/1/status; do :; done";
        var said = await SayAsync(fixture.Host, Policy(Read("/")), "/", settled + "; grep -hE '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/1/status /proc/self/status");
        const string one = "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2";
        Assert.Equal($"{one}\n{one}", said);
    }

    [SandboxFact]
    public async Task No_descriptor_is_inherited_but_the_three()
    {
        using var open = File.Open($"{Root}/open", FileMode.Create);
        Assert.Equal("0 1 2 3", await SayAsync(fixture.Host, Sandboxed.Workspace(Root), "/", "echo $(ls /proc/self/fd)")); // 3 is the listing's own

        // The first process, which is bubblewrap's own, has one more: where it says how the program ended.
        Assert.Equal(
            "/dev/null anon_inode:[eventfd] pipe", await SayAsync(
                fixture.Host, Sandboxed.Workspace(Root), "/", "echo $(for f in /proc/1/fd/*; do readlink $f; done | sed 's/pipe:.*/pipe/' | sort -u)"));
    }

    [SandboxFact]
    public async Task The_first_process_has_no_other_view_of_the_files()
    {
        const string script = "ls -d /home 2>/dev/null; ls -d /proc/1/root/home /proc/1/cwd/home 2>/dev/null";
        Assert.NotEqual("", await SayAsync(fixture.Host, Policy(Read("/")), "/", script));
        Assert.Equal("", await SayAsync(fixture.Host, Minimal(), "/", script));
    }

    [SandboxFact]
    public async Task Variables_of_the_client_do_not_reach_bubblewrap()
    {
        // The loader complains in each program that it loads: once in the program, and not in bubblewrap outside.
        var spec = Spec.Of("/bin/true").With(("LD_PRELOAD", "/absent.so"), ("A=B", "C"), ("PATH", "/usr/bin:/bin"));
        using var child = await TestChild.RunAsync(fixture.Host, spec.Under(Policy(Read("/"))));
        Assert.Equal(1, child.Stderr.Split("/absent.so").Length - 1);

        using var environment = await TestChild.RunAsync(fixture.Host, Spec.Of("env").With(("PATH", "/usr/bin:/bin"), ("A=B", "C")).Under(Policy(Read("/"))));
        Assert.Equal("A=B=C\nPATH=/usr/bin:/bin\nPWD=/\n", string.Concat(environment.Stdout.Split('\n').Order(StringComparer.Ordinal).Skip(1).Select(line => line + "\n")));
    }

    [SandboxFact]
    public async Task A_terminal_takes_no_typed_text_from_the_program()
    {
        const string script = "perl -e '$text = \"x\"; print ioctl(STDIN, 0x5412, $text) ? \"typed\" : $! == 1 ? \"refused\" : \"failed \" . ($!+0)'";
        using var child = await TestChild.RunAsync(fixture.Host, Spec.Shell(script, ProcessIo.Terminal).Under(Policy(Read("/"))));
        Assert.Contains("refused", child.Terminal, StringComparison.Ordinal);
    }

    private static Socket Listen(EndPoint where)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(where);
        socket.Listen();
        return socket;
    }

    private void Prepare()
    {
        Directory.CreateDirectory(Workspace);
        _folder.Write("out/secret", "S");
    }

    private async Task EscapesOnlyWithout(string attempt, Func<bool> isUntouched, Action prepare)
    {
        prepare();
        await SayAsync(fixture.Host, policy: null, Workspace, attempt);
        Assert.False(isUntouched(), "the attempt does not even work without the sandbox");

        Directory.Delete(Workspace, recursive: true);
        prepare();
        await SayAsync(fixture.Host, Sandboxed.Workspace(Workspace), Workspace, attempt);
        Assert.True(isUntouched());
    }
}
