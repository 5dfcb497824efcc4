using System.Globalization;
using System.Text;
using ExecActors.Testing;
using static ExecActors.Platform.Tests.Sandboxed;

namespace ExecActors.Platform.Tests;

/// <summary>That a sandboxed process behaves as any other: the protocol's section 9.2.</summary>
public sealed class SandboxedProcessTests(HostFixture fixture) : IClassFixture<HostFixture>, IDisposable
{
    private static readonly SandboxPolicy _readOnly = Policy(Read("/"));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SandboxTheory]
    [InlineData("exit 7", 7)]
    [InlineData("kill -TERM $$", 128 + 15)]
    [InlineData("kill -KILL $$", 128 + 9)]
    public async Task The_exit_code_is_the_programs_and_a_signal_counts_from_128(string script, int code)
    {
        foreach (var io in new[] { ProcessIo.Pipes, ProcessIo.Terminal })
        {
            using var child = await TestChild.RunAsync(fixture.Host, Spec.Shell(script, io).Under(_readOnly));
            Assert.Equal((code, ""), ((await child.Exited).Code, child.Terminal + child.Stderr));
        }
    }

    [SandboxFact]
    public async Task Both_outputs_come_in_full_and_end_before_the_exit()
    {
        using var child = await TestChild.RunAsync(fixture.Host, Spec.Shell("head -c 300000 /dev/zero; echo late >&2").Under(_readOnly));
        Assert.Equal(300_000, child.Received(OutputStreamKind.Stdout));
        Assert.Equal("late\n", child.Stderr);
        Assert.Equal(ChildEventKind.Exited, child.Events[^1].What);
    }

    [SandboxFact]
    public async Task Standard_input_is_read_to_its_end()
    {
        using var child = TestChild.Start(fixture.Host, Spec.Shell("sort", ProcessIo.PipesWithStdin).Under(_readOnly));
        child.Write("b\na\n");
        child.Process.CloseStdin();
        await child.Exited;
        await child.AllEnded;
        Assert.Equal("a\nb\n", child.Stdout);
    }

    [SandboxFact]
    public async Task A_terminal_is_one()
    {
        var spec = Spec.Shell("test -t 0 && test -t 1 && stty size; read line; echo got $line", ProcessIo.Terminal) with { Rows = 31, Columns = 91 };
        using var child = TestChild.Start(fixture.Host, spec.Under(_readOnly));
        await child.UntilAsync(() => child.Terminal.Contains("31 91", StringComparison.Ordinal));
        child.Write("text\n");
        await child.Exited;
        await child.AllEnded;
        Assert.Contains("got text", child.Terminal, StringComparison.Ordinal);
    }

    [SandboxFact]
    public async Task The_program_sees_the_name_it_is_given()
    {
        var spec = Spec.Of("/bin/sh", "-c", "tr '\\0' ' ' < /proc/$$/cmdline") with { Arg0 = "-login shell" };
        using var child = await TestChild.RunAsync(fixture.Host, spec.Under(_readOnly));
        Assert.Equal("-login shell -c tr '\\0' ' ' < /proc/$$/cmdline ", child.Stdout);
    }

    [SandboxFact]
    public async Task Arguments_and_variables_pass_through_unchanged()
    {
        var odd = "blank \"quote' \n€ --args -- $x";
        using var child = await TestChild.RunAsync(
            fixture.Host, Spec.Of("/bin/sh", "-c", "printf '%s|%s' \"$1\" \"$V\"", "sh", odd).With(("V", odd), ("PATH", "/bin")).Under(_readOnly));
        Assert.Equal($"{odd}|{odd}", child.Stdout);
    }

    [SandboxFact]
    public async Task A_program_that_looks_like_an_option_is_a_program()
    {
        _folder.WriteProgram("--ro-bind", "#!/bin/sh\necho ran");
        using var child = await TestChild.RunAsync(
            fixture.Host, Spec.Of("--ro-bind").With(("PATH", $"{_folder.Path}:/usr/bin:/bin")).Under(_readOnly));
        Assert.Equal("ran\n", child.Stdout);
    }

    [SandboxTheory]
    [InlineData("absent-program")]
    [InlineData("/absent/program")]
    public async Task A_missing_program_starts_and_exits_with_101(string name)
    {
        using var child = await TestChild.RunAsync(fixture.Host, Spec.Of(name).Under(_readOnly));
        Assert.Equal(101, (await child.Exited).Code);
        Assert.Equal($"Failed to execvp {name}: No such file or directory (os error 2)\n", child.Stderr);
    }

    [SandboxFact]
    public async Task A_program_that_is_found_and_cannot_be_run_exits_with_101_too()
    {
        var program = _folder.WriteProgram("program", "#!/absent/interpreter\n");
        using var child = await TestChild.RunAsync(fixture.Host, Spec.Of(program).Under(_readOnly));
        Assert.Equal((101, $"bwrap: execvp {program}: No such file or directory\n"), ((await child.Exited).Code, child.Stderr));
    }

    [SandboxFact]
    public async Task A_program_that_exits_with_1_exits_with_1()
    {
        using var child = await TestChild.RunAsync(fixture.Host, Spec.Of("false").Under(_readOnly));
        Assert.Equal(1, (await child.Exited).Code);
    }

    [SandboxFact]
    public async Task A_program_that_the_policy_hides_is_missing()
    {
        var program = _folder.WriteProgram("out/program", "#!/bin/sh\necho ran");
        using var child = await TestChild.RunAsync(fixture.Host, Spec.Of(program).Under(Minimal()));
        Assert.Equal((101, ""), ((await child.Exited).Code, child.Stdout));
    }

    [SandboxFact]
    public void A_missing_directory_is_refused_as_without_a_sandbox()
    {
        var refusal = Assert.Throws<ProcessStartException>(() => fixture.Host.Start(Spec.Of("true").In("/absent").Under(_readOnly)));
        Assert.Equal("No such file or directory (os error 2)", refusal.Message);
    }

    [SandboxFact]
    public async Task A_directory_that_the_policy_hides_gives_way_to_the_root() =>
        Assert.Equal("/", await SayAsync(fixture.Host, Minimal(), _folder.Path, "pwd"));

    [SandboxFact]
    public async Task Killing_the_group_ends_everything_inside_what_left_the_group_too()
    {
        using var fifo = new AnswerPipe(_folder.Path);
        using var child = TestChild.Start(fixture.Host, Spec.Shell($"setsid sh -c 'exec 3> {fifo.Path}; echo up; exec sleep 1000' & wait").Under(Workspace(_folder.Path)));
        await child.UntilAsync(() => child.Stdout.Length > 0);
        Assert.True(child.Process.SignalGroup(9));
        Assert.Equal(128 + 9, (await child.Exited).Code);
        await fifo.WaitForEndAsync();
    }

    [SandboxFact]
    public async Task What_a_program_leaves_behind_ends_with_it()
    {
        using var fifo = new AnswerPipe(_folder.Path);
        using var child = await TestChild.RunAsync(
            fixture.Host, Spec.Shell($"(setsid sleep 1000 > {fifo.Path} &); sh -c ': > {fifo.Path}'; exit 3").Under(Workspace(_folder.Path)));
        Assert.Equal(3, (await child.Exited).Code);
        await fifo.WaitForEndAsync();
    }

    [SandboxTheory]
    [InlineData(ProcessIo.Pipes)]
    [InlineData(ProcessIo.Terminal)]
    public async Task An_interrupt_reaches_the_programs_own_handler(ProcessIo io)
    {
        using var child = TestChild.Start(fixture.Host, Spec.Shell("trap 'echo handled; exit 5' INT; echo ready; while :; do sleep 1000 & wait; done", io).Under(_readOnly));
        var output = io == ProcessIo.Terminal ? OutputStreamKind.Terminal : OutputStreamKind.Stdout;
        await child.UntilAsync(() => Encoding.UTF8.GetString(child.Bytes(output)).Contains("ready", StringComparison.Ordinal));
        Assert.True(child.Process.SignalGroup(2));
        Assert.Equal(5, (await child.Exited).Code);
        Assert.Contains("handled", Encoding.UTF8.GetString(child.Bytes(output)), StringComparison.Ordinal);
    }

    [SandboxFact]
    public async Task An_interrupt_ends_a_program_without_a_handler()
    {
        using var child = TestChild.Start(fixture.Host, Spec.Shell("echo ready; exec sleep 1000").Under(_readOnly));
        await child.UntilAsync(() => child.Stdout.Length > 0);
        Assert.True(child.Process.SignalGroup(2));
        Assert.Equal(130, (await child.Exited).Code);
    }

    [SandboxFact]
    public async Task A_job_control_shell_handles_what_is_typed()
    {
        var spec = Spec.Of("bash", "--norc", "-i").With(("PATH", "/usr/bin:/bin"), ("PS1", "> ")) with { Io = ProcessIo.Terminal };
        using var child = TestChild.Start(fixture.Host, spec.Under(_readOnly));
        child.Write("sh -c 'echo $((1+1)) first; exec sleep 1000'\n"); // it has the terminal when it speaks
        await child.UntilAsync(() => child.Terminal.Contains("2 first", StringComparison.Ordinal));
        child.Write("\u0003");
        child.Write("echo code $?\nexit 4\n");
        Assert.Equal(4, (await child.Exited).Code);
        Assert.Contains("code 130", child.Terminal, StringComparison.Ordinal);
    }

    [SandboxFact]
    public async Task Releasing_a_running_one_ends_it_and_its_placeholders()
    {
        using var fifo = new AnswerPipe(_folder.Path);
        using var child = TestChild.Start(fixture.Host, Spec.Shell($"exec 3> {fifo.Path}; echo up; exec sleep 1000").Under(Workspace(_folder.Path)));
        await child.UntilAsync(() => child.Stdout.Length > 0);
        Assert.True(Directory.Exists($"{_folder.Path}/.git"));
        child.Process.Release();
        await fifo.WaitForEndAsync();
        await ProcessTable.WaitUntilGoneAsync(child.Process.Pid);
        Assert.False(Directory.Exists($"{_folder.Path}/.git"));
    }

    [SandboxFact]
    public async Task Once_the_exit_is_told_no_placeholder_is_left()
    {
        using var child = TestChild.Start(fixture.Host, Spec.Shell("ls -A > listing").In(_folder.Path).Under(Workspace(_folder.Path)));
        await child.Exited;
        Assert.Equal($"{_folder.Path}/listing", Assert.Single(Directory.EnumerateFileSystemEntries(_folder.Path)));
    }

    [SandboxFact]
    public async Task A_thread_that_ends_does_not_take_the_sandbox_it_started_with_it()
    {
        TestChild? child = null;
        var thread = new Thread(() => child = TestChild.Start(fixture.Host, Spec.Shell("read line; echo $line", ProcessIo.PipesWithStdin).Under(_readOnly)));
        thread.Start();
        thread.Join();
        using (child)
        {
            child!.Write("alive\n");
            Assert.Equal(0, (await child.Exited).Code);
            Assert.Equal("alive\n", child.Stdout);
        }
    }

    [SandboxFact]
    public async Task Many_at_once_do_not_disturb_each_other()
    {
        var runs = Enumerable.Range(0, 24).Select(number => Task.Run(() =>
            SayAsync(fixture.Host, Workspace(_folder.Path), _folder.Path, $"mkdir .git/x 2>/dev/null || echo {number.ToString(CultureInfo.InvariantCulture)}")));
        Assert.Equal(Enumerable.Range(0, 24).Select(number => number.ToString(CultureInfo.InvariantCulture)), await Task.WhenAll(runs).SoonAsync());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    /// <summary>A named pipe that tells when its last writer is gone.</summary>
    private sealed class AnswerPipe : IDisposable
    {
        private readonly Task<FileStream> _opened;

        public AnswerPipe(string folder)
        {
            Path = $"{folder}/fifo";
            using var make = System.Diagnostics.Process.Start("mkfifo", [Path]);
            make.WaitForExit();
            _opened = Task.Run(() => new FileStream(Path, FileMode.Open, FileAccess.Read)); // opens with the first writer
        }

        public string Path { get; }

        public async Task WaitForEndAsync()
        {
            var stream = await _opened.SoonAsync();
            Assert.Equal(0, await Task.Run(() => stream.ReadByte() == -1 ? 0 : 1).SoonAsync());
        }

        public void Dispose()
        {
            if (_opened.IsCompletedSuccessfully)
            {
#pragma warning disable VSTHRD002 // it has completed
                _opened.Result.Dispose();
#pragma warning restore VSTHRD002
            }
        }
    }
}
