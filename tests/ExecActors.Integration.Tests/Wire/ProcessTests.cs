using System.Globalization;

namespace ExecActors.Integration.Tests.Wire;

/// <summary>Processes: how they are set up, read, written to and ended.</summary>
public sealed class ProcessTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly long LongWait = (long)Patience.Limit.TotalMilliseconds;

    [Fact]
    public async Task A_child_leads_its_session_and_group_with_three_descriptors_and_default_signals()
    {
        await using var client = await fixture.OpenAsync();
        var run = await client.RunAsync(
            "p", "cut -d' ' -f1,5,6 /proc/$$/stat; ls /proc/$$/fd; readlink /proc/$$/fd/0; echo err >&2");
        var lines = run.Stdout.Split('\n');
        Assert.Single(lines[0].Split(' ').Distinct()); // pid, process group, session
        Assert.Equal(["0", "1", "2", "/dev/null"], lines[1..5]); // not through a pipe: the shell would have its ends open, too
        Assert.Equal("err\n", run.Stderr);

        // Not by the shell, which blocks signals of its own while it waits.
        await client.StartAsync(WireClient.StartParams("signals", "/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"));
        Assert.Equal("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n", (await client.FinishAsync("signals")).Stdout);
    }

    [Fact]
    public async Task A_terminal_child_has_a_controlling_terminal_and_no_more_variables_than_SHELL()
    {
        await using var client = await fixture.OpenAsync();
        var parameters = WireClient.ScriptParams("t", "test -t 0 -a -t 1 -a -t 2 && echo yes >/dev/tty; stty size; env | grep -E '^(TERM|COLUMNS|LINES)='; echo ${SHELL:+shell}");
        parameters["tty"] = true;
        await client.StartAsync(parameters);
        Assert.Equal("yes\r\n24 80\r\nshell\r\n", (await client.FinishAsync("t")).Terminal);
    }

    [Fact]
    public async Task Arguments_arrive_byte_for_byte()
    {
        await using var client = await fixture.OpenAsync();
        await client.StartAsync(WireClient.StartParams("p", "/usr/bin/printf", "<%s>", "", " a  b ", "ünï\n", "*", "-n"));
        Assert.Equal("<>< a  b ><ünï\n><*><-n>", (await client.FinishAsync("p")).Stdout);
    }

    [Theory]
    [InlineData("sh", null)]
    [InlineData("true", "/usr/bin:/bin")]
    [InlineData("./true", null)]
    [InlineData("../bin/true", null)]
    public async Task A_program_is_found_by_the_childs_path_or_from_its_directory(string program, string? path)
    {
        await using var client = await fixture.OpenAsync();
        var parameters = WireClient.StartParams("p", program);
        parameters["cwd"] = "file:///bin";
        parameters["env"] = path is null ? [] : new JObject { ["PATH"] = path };
        await client.StartAsync(parameters);
        Assert.Equal(0, (await client.FinishAsync("p")).ExitCode);
    }

    [Fact]
    public async Task What_the_server_keeps_to_itself_is_removed_from_every_environment()
    {
        await using var client = await fixture.OpenAsync();
        var parameters = WireClient.StartParams("p", "/usr/bin/env");
        parameters["env"] = new JObject
        {
            ["CODEX_EXEC_SERVER_EXIT_ON_STDIN_CLOSE"] = "1",
            ["codex_exec_server_exit_on_stdin_close"] = "1",
            ["codex_Exec_Server_Noise_Auth_Token"] = "1",
            ["A"] = "x=y",
        };
        await client.StartAsync(parameters);
        var variables = (await client.FinishAsync("p")).Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["A=x=y", "codex_exec_server_exit_on_stdin_close=1"], variables.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b c\u0000\"")]
    [InlineData(null)]
    public async Task A_process_id_may_be_any_string(string? processId)
    {
        processId ??= new string('x', 5_000);
        await using var client = await fixture.OpenAsync();
        Assert.Equal("hi\n", (await client.RunAsync(processId, "echo hi")).Stdout);
    }

    [Fact]
    public async Task A_read_of_an_exited_process_whose_output_is_held_waits_for_more()
    {
        using var fifo = new Fifo();
        await using var client = await fixture.OpenAsync();
        await client.StartAsync(WireClient.ScriptParams("p", $"({fifo.Wait}; echo late) & exit 4"));
        Assert.Equal(1, (long)(await client.NotificationAsync("process/exited", "p"))["seq"]!);
        var seen = await client.ReadAsync("p", afterSeq: 0, waitMs: LongWait); // the exit is news to one who has not seen it
        Assert.Equal((true, false, 2), ((bool)seen["exited"]!, (bool)seen["closed"]!, (long)seen["nextSeq"]!));

        var poll = await client.PostAsync("process/read", WireClient.ReadParams("p", afterSeq: 1, waitMs: LongWait));
        await fifo.ReleaseAsync();
        var late = WireClient.ResultOf(await client.AnswerAsync(poll));
        Assert.Equal(2, (long)late["chunks"]!.Single()["seq"]!);
        await client.NotificationAsync("process/closed", "p");
    }

    [Fact]
    public async Task A_read_may_ask_beyond_the_end_and_for_more_than_there_is()
    {
        await using var client = await fixture.OpenAsync();
        await client.RunAsync("p", "echo x");
        foreach (var (afterSeq, chunks) in new[] { (0L, 1), (1L, 0), (3L, 0), (99L, 0), (long.MaxValue, 0) })
        {
            var read = await client.ReadAsync("p", afterSeq, waitMs: LongWait);
            Assert.Equal((chunks, 4L, true), (read["chunks"]!.Count(), (long)read["nextSeq"]!, (bool)read["closed"]!));
        }

        var largest = await client.ResultAsync("process/read", JObject.Parse("""{"processId":"p","afterSeq":18446744073709551615,"maxBytes":18446744073709551615,"waitMs":18446744073709551615}"""));
        Assert.Empty(largest["chunks"]!);
    }

    [Fact]
    [Difference("close-stdin")]
    public async Task A_filter_ends_when_its_input_is_closed()
    {
        await using var client = await fixture.OpenAsync();
        Assert.True((bool)(await client.ResultAsync("environment/info"))["capabilities"]!["processCloseStdin"]!);
        await client.StartAsync(WithStdin("p", "/usr/bin/sort"));
        var last = WireClient.WriteParams("p", "a\n"u8.ToArray(), "2");
        last["closeStdin"] = true;
        Assert.Equal("accepted", await client.WriteAsync("p", "b\n", "1"));
        Assert.Equal("accepted", (string?)(await client.ResultAsync("process/write", last))["status"]);
        Assert.Equal("a\nb\n", (await client.FinishAsync("p")).Stdout);
        Assert.Equal("accepted", (string?)(await client.ResultAsync("process/write", last))["status"]); // repeated after a reconnect, say
    }

    [Fact]
    public async Task Four_thousand_and_ninety_six_write_ids_are_remembered()
    {
        await using var client = await fixture.OpenAsync();
        await client.StartAsync(WithStdin("p", "/bin/cat"));
        const int Remembered = 4096;
        for (var i = 0; i < Remembered; i++)
        {
            await client.PostAsync("process/write", WireClient.WriteParams("p", "."u8.ToArray(), $"w{i}"));
        }

        Assert.Equal("accepted", await client.WriteAsync("p", ".", "w0")); // the oldest: not written again
        Assert.Equal("accepted", await client.WriteAsync("p", "\n", "end"));
        Assert.Equal(new string('.', Remembered) + "\n", await client.OutputUntilAsync("p", "\n"));
    }

    [Fact]
    public async Task A_write_to_a_process_without_input_is_told_so_before_and_after_its_end()
    {
        using var fifo = new Fifo();
        await using var client = await fixture.OpenAsync();
        await client.StartAsync(WireClient.ScriptParams("p", fifo.Wait));
        Assert.Equal("stdinClosed", await client.WriteAsync("p", "x", "1"));
        await fifo.ReleaseAsync();
        await client.FinishAsync("p");
        Assert.Equal("stdinClosed", await client.WriteAsync("p", "x", "2"));
    }

    [Fact]
    [Difference("background-members")]
    public async Task Terminate_kills_what_an_ended_leader_left_behind()
    {
        await using var client = await fixture.OpenAsync();
        await client.StartAsync(WireClient.ScriptParams("p", "sleep 600 & echo $!; exit 0"));
        var background = int.Parse(await client.OutputUntilAsync("p", "\n"), CultureInfo.InvariantCulture);
        Assert.Equal(0, (int)(await client.NotificationAsync("process/exited", "p"))["exitCode"]!);
        Assert.False(await client.TerminateAsync("p"));
        await Posix.EndOfProcessAsync(background);
        Assert.Equal(3, (long)(await client.NotificationAsync("process/closed", "p"))["seq"]!);
    }

    [Fact]
    public async Task A_stranger_that_holds_the_output_does_not_hold_up_the_close_of_a_terminated_process()
    {
        await using var client = await fixture.OpenAsync();
        await client.StartAsync(WireClient.ScriptParams("p", "setsid sh -c 'echo $$; exec sleep 600' & wait"));
        var stranger = int.Parse(await client.OutputUntilAsync("p", "\n"), CultureInfo.InvariantCulture);
        try
        {
            Assert.True(await client.TerminateAsync("p"));
            Assert.Equal(137, (await client.FinishAsync("p", firstSeq: 2)).ExitCode);
        }
        finally
        {
            Posix.Signal(stranger, PosixSignalNumber.Kill);
        }
    }

    [Fact]
    public async Task An_interrupt_reaches_the_whole_group()
    {
        await using var client = await fixture.OpenAsync();
        // The shell waits for its foreground child, which goes on for ever: the leader alone being interrupted would end nothing.
        await client.StartAsync(WireClient.ScriptParams("p", "trap : INT; sh -c 'trap \"exit 5\" INT; echo ready; while :; do sleep 0.05; done'; exit $?"));
        await client.OutputUntilAsync("p", "ready\n");
        Assert.Empty(await client.ResultAsync("process/signal", new JObject { ["processId"] = "p", ["signal"] = "interrupt" }));
        Assert.Equal(5, (await client.FinishAsync("p", firstSeq: 2)).ExitCode);
    }

    [Fact]
    [Difference("chunk-size")]
    public async Task Chunks_are_at_most_64_KiB_and_whole_writes_come_together()
    {
        await using var client = await fixture.OpenAsync();
        await client.StartAsync(WireClient.ScriptParams("p", "head -c 1000000 /dev/zero"));
        var sizes = new List<int>();
        JObject message;
        do
        {
            message = await client.NextAsync(message => message["method"] is not null, () => "the end of the output");
            sizes.Add(Convert.FromBase64String((string?)message["params"]!["chunk"] ?? "").Length);
        }
        while ((string?)message["method"] != "process/closed");
        Assert.InRange(sizes.Max(), 1, 64 * 1024);
        Assert.Equal(1_000_000, sizes.Sum());
    }

    [Fact]
    public async Task Bytes_that_are_no_text_come_through_both_ways()
    {
        await using var client = await fixture.OpenAsync();
        var bytes = new byte[200_000];
        new Random(1).NextBytes(bytes);
        await client.StartAsync(WithStdin("p", "/bin/cat"));
        var write = WireClient.WriteParams("p", bytes, "1");
        write["closeStdin"] = true;
        await client.ResultAsync("process/write", write);
        Assert.Equal(bytes, (await client.FinishAsync("p")).Bytes("stdout"));
    }

    [Fact]
    public async Task Standard_output_and_error_are_numbered_together_and_told_apart()
    {
        await using var client = await fixture.OpenAsync();
        var run = await client.RunAsync("p", "i=0; while [ $i -lt 200 ]; do echo o$i; echo e$i >&2; i=$((i+1)); done");
        Assert.Equal(string.Concat(Enumerable.Range(0, 200).Select(i => $"o{i}\n")), run.Stdout);
        Assert.Equal(string.Concat(Enumerable.Range(0, 200).Select(i => $"e{i}\n")), run.Stderr);
        Assert.Equal(run.LastSeq - 1, run.ExitSeq);
    }

    private static JObject WithStdin(string processId, params string[] argv)
    {
        var parameters = WireClient.StartParams(processId, argv);
        parameters["pipeStdin"] = true;
        return parameters;
    }
}
