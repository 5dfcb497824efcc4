using ExecActors.Testing;

namespace ExecActors.Integration.Tests.Wire.Sandbox;

/// <summary><c>process/start</c> with a sandbox.</summary>
public sealed class SandboxProcessTests(SandboxServer fixture) : SandboxTests(fixture), IClassFixture<SandboxServer>
{
    private const string Internet = "perl -MSocket -e 'socket(my $s, AF_INET, SOCK_STREAM, 0) or do { print \"errno \", $!+0; exit 7 }; print \"ok\"'";

    public static TheoryData<string?, string, string> Wrapped => new()
    {
        { null, "none", "ok" },
        { """{"type":"disabled"}""", "linuxSeccomp", "ok" },
        { """{"type":"external","network":"enabled"}""", "linuxSeccomp", "ok" },
        { """{"type":"external","network":"restricted"}""", "linuxSeccomp", "errno 1" },
        { """{"type":"managed","file_system":{"type":"unrestricted"},"network":"restricted"}""", "linuxSeccomp", "errno 1" },
        { """{"type":"managed","file_system":{"type":"unrestricted"},"network":"enabled"}""", "linuxSeccomp", "ok" },
    };

    [SandboxTheory]
    [MemberData(nameof(Wrapped))]
    public async Task The_network_is_limited_when_the_profile_says_so(string? permissions, string type, string printed)
    {
        var start = Script("p", Internet, permissions is null ? null : Sandbox(JObject.Parse(permissions)));
        var result = await Client.ResultAsync("process/start", start);
        Assert.Equal(new JObject { ["processId"] = "p", ["sandboxType"] = type }, result, JToken.EqualityComparer);
        var run = await Client.FinishAsync("p");
        Assert.Equal((printed, printed == "ok" ? 0 : 7, false), (run.Stdout, run.ExitCode, run.SandboxDenied));
    }

    [SandboxTheory]
    [InlineData("restricted", "errno 1")]
    [InlineData("enabled", "ok")]
    public async Task Files_are_limited_with_and_without_the_network(string network, string printed)
    {
        var run = await RunAsync("p", $"{Internet}; echo; echo in >in.txt && cat in.txt; cat ../out/secret; touch ../out/new", Sandbox(Workspace, network));
        Assert.Equal($"{printed}\nin\nS", run.Stdout);
        Assert.Equal((1, true, false), (run.ExitCode, run.SandboxDenied, Tree.Has("out/new")));
        Assert.Contains("Read-only file system", run.Stderr, StringComparison.Ordinal);
    }

    [SandboxFact]
    public async Task Local_sockets_and_pairs_of_them_can_be_made()
    {
        var run = await RunAsync("p", "perl -MSocket -e 'socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die; socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die; print \"ok\"'", Sandbox(Workspace));
        Assert.Equal("ok", run.Stdout);
    }

    [SandboxFact]
    public async Task Netlink_and_version_6_are_refused_like_version_4()
    {
        var run = await RunAsync("p", "perl -e 'for (10, 16, 17) { print socket(my $s, $_, 2, 0) ? \"ok \" : ($!+0).\" \" }'", Sandbox(Workspace));
        Assert.Equal("1 1 1 ", run.Stdout);
    }

    [SandboxFact]
    public async Task A_process_has_no_capabilities_no_new_privileges_one_filter_and_pids_of_its_own()
    {
        var run = await RunAsync("p", "grep -E '^(CapEff|CapPrm|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status; ls -d /proc/[0-9]* | wc -l", Sandbox(Workspace));
        var lines = run.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"], lines[..5]);
        Assert.InRange(int.Parse(lines[5], System.Globalization.CultureInfo.InvariantCulture), 1, 8);
    }

    [SandboxFact]
    public async Task Arguments_environment_and_directory_are_as_without_it()
    {
        var start = WireClient.StartParams("p", "/bin/sh", "-c", "printf '%s|' \"$0\" \"$@\" \"$A\" \"$PWD\"; ps -o args= -p $$", "zero", "one two", "");
        start["cwd"] = Tree.Uri("ws/d");
        start["env"] = new JObject { ["PATH"] = "/usr/bin:/bin", ["A"] = "b c" };
        start["arg0"] = "renamed";
        start["sandbox"] = Sandbox(Workspace);
        await Client.ResultAsync("process/start", start);
        var run = await Client.FinishAsync("p");
        Assert.StartsWith(Here("zero|one two||b c|ROOT/ws/d|renamed -c "), run.Stdout, StringComparison.Ordinal);
    }

    [SandboxFact]
    public async Task A_terminal_and_standard_input_are_as_without_it()
    {
        var terminal = Script("t", "stty size; tty >/dev/null && echo tty", Sandbox(Workspace));
        terminal["tty"] = true;
        await Client.ResultAsync("process/start", terminal);
        Assert.Equal("24 80\r\ntty\r\n", (await Client.FinishAsync("t")).Terminal);
        var piped = Script("c", "cat", Sandbox(Workspace));
        piped["pipeStdin"] = true;
        await Client.ResultAsync("process/start", piped);
        Assert.Equal("accepted", await Client.WriteAsync("c", "hello\n", "1"));
        await Client.ResultAsync("process/write", new JObject { ["processId"] = "c", ["chunk"] = "", ["writeId"] = "2", ["closeStdin"] = true });
        Assert.Equal("hello\n", (await Client.FinishAsync("c")).Stdout);
    }

    [SandboxTheory]
    [InlineData("exit 5", 5)]
    [InlineData("kill -TERM $$", 143)]
    [InlineData("kill -KILL $$", 137)]
    [InlineData("kill -SEGV $$", 139)]
    public async Task Exit_codes_are_as_without_it(string script, int code)
    {
        foreach (var tty in new[] { false, true })
        {
            var start = Script(tty ? "t" : "p", script, Sandbox(Workspace));
            start["tty"] = tty;
            await Client.ResultAsync("process/start", start);
            Assert.Equal(code, (await Client.FinishAsync(tty ? "t" : "p")).ExitCode);
        }
    }

    [SandboxFact]
    public async Task A_terminate_ends_everything_inside()
    {
        await Client.ResultAsync("process/start", Script("p", "setsid sleep 4242 & setsid sleep 4242 & echo up; wait", Sandbox(Workspace)));
        await Client.OutputUntilAsync("p", "up\n");
        Assert.True(await Client.TerminateAsync("p"));
        Assert.Equal(137, (await Client.FinishAsync("p", firstSeq: 2)).ExitCode);
        Assert.Empty(ProcFs.WithArguments("sleep", "4242"));
    }

    [SandboxFact]
    public async Task An_interrupt_ends_it()
    {
        // exec, for dash can lose an interrupt that comes while it forks, with or without a sandbox.
        await Client.ResultAsync("process/start", Script("p", "echo up; exec sleep 60", Sandbox(Workspace)));
        await Client.OutputUntilAsync("p", "up\n");
        await Client.ResultAsync("process/signal", new JObject { ["processId"] = "p", ["signal"] = "interrupt" });
        Assert.Equal(130, (await Client.FinishAsync("p", firstSeq: 2)).ExitCode);
    }

    [SandboxTheory]
    [InlineData("echo 'Permission denied' >&2; exit 1", 1, true)]
    [InlineData("echo 'Operation not permitted'; exit 1", 1, true)]
    [InlineData("echo 'Permission denied' >&2", 0, false)]
    [InlineData("exit 3", 3, false)]
    [InlineData("cat ROOT/none 2>&1; exit 1", 1, false)]
    [InlineData("touch ROOT/out/new", 1, true)]
    public async Task A_denial_is_guessed_from_exit_and_output(string script, int code, bool denied)
    {
        var run = await RunAsync("p", script, Sandbox(Workspace));
        Assert.Equal((code, denied), (run.ExitCode, run.SandboxDenied));
        var read = await Client.ReadAsync("p");
        Assert.Equal(denied, (bool)read["sandboxDenied"]!);
        var plain = await RunAsync("q", script.Replace("touch", "false", StringComparison.Ordinal), sandbox: null);
        Assert.Equal((code, false), (plain.ExitCode, plain.SandboxDenied));
    }

    [SandboxFact]
    public async Task A_read_says_so_only_after_the_exit()
    {
        await Client.ResultAsync("process/start", Script("p", "echo 'Permission denied'; read _; exit 1", Sandbox(Workspace)).With("pipeStdin", true));
        await Client.OutputUntilAsync("p", "denied\n");
        Assert.False((bool)(await Client.ReadAsync("p"))["sandboxDenied"]!);
        await Client.WriteAsync("p", "\n", "1");
        await Client.FinishAsync("p", firstSeq: 2);
        Assert.True((bool)(await Client.ReadAsync("p"))["sandboxDenied"]!);
    }

    [SandboxFact]
    [Difference("missing-program")]
    public async Task A_missing_program_starts_and_says_so()
    {
        var start = Script("p", "", Sandbox(Workspace));
        start["argv"] = new JArray("nonexistent-cmd");
        Assert.Equal("linuxSeccomp", (string?)(await Client.ResultAsync("process/start", start))["sandboxType"]);
        var run = await Client.FinishAsync("p");
        Assert.Equal((101, true, "Failed to execvp nonexistent-cmd: No such file or directory (os error 2)\n"), (run.ExitCode, run.SandboxDenied, run.Stderr));
    }

    [SandboxFact]
    public async Task A_missing_directory_is_refused()
    {
        var start = Script("p", "true", Sandbox(Workspace));
        start["cwd"] = Tree.Uri("ws/none");
        Compare(await Client.RequestAsync("process/start", start), "-32603 No such file or directory (os error 2)", "a missing cwd");
    }

    [SandboxTheory]
    [InlineData(true)]
    [InlineData(false)]
    [Difference("managed-network")]
    public async Task A_network_that_would_have_to_be_managed_is_refused(bool sandboxed)
    {
        var start = Script("p", "echo ran >ran", sandboxed ? Sandbox(Workspace) : null);
        start["enforceManagedNetwork"] = true;
        Assert.Equal(ErrorCode.InvalidParams, WireError.Of(await Client.RequestAsync("process/start", start)).Code);
        start["enforceManagedNetwork"] = false;
        start["networkProxy"] = JObject.Parse("""
            {"proxy":{"enabled":true,"enableSocks5":false,"enableSocks5Udp":false,"allowUpstreamProxy":false,"dangerouslyAllowAllUnixSockets":false,"mode":"full",
             "allowLocalBinding":false}}
            """);
        Assert.Equal(ErrorCode.InvalidParams, WireError.Of(await Client.RequestAsync("process/start", start)).Code);
        Assert.False(Tree.Has("ws/ran"));
    }

    [SandboxFact]
    public async Task Nothing_of_it_is_left_in_the_workspace()
    {
        await RunAsync("p", "ls -A; echo x >new", Sandbox(Workspace));
        Assert.Equal([".git", "a.txt", "d", "esc", "escf", "hard", "new", "sub"], Tree.Names("ws"));
    }
}
