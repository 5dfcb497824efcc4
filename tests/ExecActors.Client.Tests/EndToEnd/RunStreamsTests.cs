using System.Globalization;
using ExecActors.Platform;
using ExecActors.Testing;

namespace ExecActors.Client.Tests.EndToEnd;

/// <summary><c>execactors run</c>: what goes in and what comes out.</summary>
public class RunStreamsTests(RunFixture fixture) : IClassFixture<RunFixture>
{
    private const int Megabyte = 1024 * 1024;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Output_and_error_come_apart(bool remote)
    {
        using var run = fixture.Run(remote, "--", "sh", "-c", "echo out; echo err >&2");
        Assert.Equal(0, await run.FinishAsync());
        Assert.Equal(("out\n", "err\n"), (run.Stdout, run.Stderr));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Eight_megabytes_of_any_bytes_go_through_both_ways_unchanged(bool remote)
    {
        var bytes = new byte[8 * Megabyte];
        new Random(8).NextBytes(bytes);
        using var run = fixture.Run(remote, "--", "cat");
        await run.WriteAsync(bytes);
        Assert.Equal(0, await run.FinishAsync());
        Assert.True(bytes.AsSpan().SequenceEqual(run.StdoutBytes), $"{run.StdoutBytes.Length} bytes came back, and not the same");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_filter_ends_with_its_input(bool remote)
    {
        using var run = fixture.Run(remote, "--", "sort");
        await run.WriteAsync("c\na\nb\n");
        Assert.Equal(0, await run.FinishAsync());
        Assert.Equal("a\nb\nc\n", run.Stdout);
    }

    [Fact]
    public async Task Input_is_passed_on_as_it_comes()
    {
        using var run = fixture.Run(remote: false, "--", "cat");
        await run.WriteAsync("first\n");
        await run.StdoutHasAsync("first\n");
        await run.WriteAsync("second\n");
        await run.StdoutHasAsync("second\n");
        Assert.Equal(0, await run.FinishAsync());
    }

    [Fact]
    public async Task A_command_that_does_not_read_ends_although_input_is_left()
    {
        using var run = fixture.Run(remote: false, "--", "head", "-n", "1");
        await run.WriteAsync("one\ntwo\n");
        Assert.Equal(0, await run.EndAsync()); // its input is still open
        Assert.Equal("one\n", run.Stdout);
    }

    [Fact]
    public async Task With_nothing_as_input_a_filter_ends_at_once()
    {
        using var run = fixture.Start(remote: false, ["--", "cat"], io: ProcessIo.Pipes);
        Assert.Equal(0, await run.EndAsync());
        Assert.Equal("", run.Stdout);
    }

    [Fact]
    public async Task A_terminal_gets_the_commands_output_and_nothing_else()
    {
        using var run = fixture.Start(remote: false, ["--", "sh", "-c", "echo ready; cat; echo end"], io: ProcessIo.Terminal);
        await run.StdoutHasAsync("ready\r\n");
        await run.WriteAsync("line\n");
        await run.StdoutHasAsync("line\r\nline\r\n");
        await run.WriteAsync("\u0004");
        Assert.Equal(0, await run.EndAsync());
        Assert.Equal("ready\r\nline\r\nline\r\nend\r\n", run.Stdout);
    }

    [Theory]
    [InlineData("<&-", 0, "")]
    [InlineData("<&- >&-", 0, "")]
    public async Task With_closed_streams_a_command_runs_all_the_same(string closed, int code, string output)
    {
        using var run = fixture.Start("sh", "-c", $"'{Binary.Path}' run -- sh -c 'cat; echo err >&2' {closed}");
        Assert.Equal(code, await run.FinishAsync());
        Assert.Equal((output, "err\n"), (run.Stdout, run.Stderr));
    }

    [Fact]
    public async Task A_file_shared_with_others_is_written_where_they_left_off()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "log");
        using var run = fixture.Start(
            "sh", "-c", $"( echo before; '{Binary.Path}' run -- sh -c 'echo out; echo err >&2'; echo after ) > '{file}' 2>&1");
        Assert.Equal(0, await run.FinishAsync());
        var lines = (await File.ReadAllTextAsync(file)).Split('\n');
        Assert.Equal("before", lines[0]);
        Assert.Equal(["err", "out"], lines[1..3].Order());
        Assert.Equal(["after", ""], lines[3..]);
    }

    [Fact]
    public async Task A_file_as_input_is_read_from_where_others_left_off()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("input", "one\ntwo\nthree\n");
        using var run = fixture.Start("sh", "-c", $"( read line; echo \"shell: $line\"; '{Binary.Path}' run -- cat ) < '{file}'");
        Assert.Equal(0, await run.FinishAsync());
        Assert.Equal("shell: one\ntwo\nthree\n", run.Stdout);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_nobody_reads_its_output_the_command_is_ended_and_so_are_we(bool remote)
    {
        using var run = fixture.Run(remote, "--", "sh", "-c", "echo $$; exec yes");
        var command = int.Parse(await run.FirstLineAsync(), CultureInfo.InvariantCulture);
        run.StopReading();
        Assert.Equal(141, await run.EndAsync());
        await ProcessTable.WaitUntilGroupEndedAsync(command);
    }

    [Fact]
    public async Task Output_that_nobody_takes_yet_waits_and_all_of_it_comes()
    {
        using var run = fixture.Start(remote: false, ["--", "sh", "-c", "head -c 20000000 /dev/zero; echo done >&2"], readsOutput: false);
        run.CloseInput();
        run.ReadOutput();
        Assert.Equal(0, await run.EndAsync());
        Assert.Equal((20_000_000, "done\n"), (run.StdoutBytes.Length, run.Stderr));
    }
}
