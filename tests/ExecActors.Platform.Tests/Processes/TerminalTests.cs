using System.Globalization;

namespace ExecActors.Platform.Tests.Processes;

public sealed class TerminalTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    [Fact]
    public async Task All_three_descriptors_are_the_controlling_terminal()
    {
        var child = await RunAsync("test -t 0 && test -t 1 && test -t 2 && [ \"$(tty)\" = \"$(readlink /proc/self/fd/2)\" ] && echo own >/dev/tty");

        Assert.Equal("own\r\n", child.Terminal);
        Assert.Equal(new ExitStatus(0, 0), await child.Exited);
    }

    [Theory]
    [InlineData(24, 80)]
    [InlineData(50, 132)]
    public async Task The_terminal_has_the_size_asked_for(ushort rows, ushort columns)
    {
        var spec = Spec.Shell("stty size", ProcessIo.Terminal) with { Rows = rows, Columns = columns };
        var child = await TestChild.RunAsync(fixture.Host, spec);

        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{rows} {columns}\r\n"), child.Terminal);
    }

    [Fact]
    public async Task The_line_settings_are_the_kernels_defaults()
    {
        var child = await RunAsync("stty -a");

        var settings = child.Terminal.Split([' ', ';', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Empty(new[] { "icanon", "echo", "isig", "icrnl", "onlcr" }.Except(settings, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Input_is_echoed_and_the_end_of_file_key_ends_it()
    {
        using var child = TestChild.Start(fixture.Host, Spec.Of("cat") with { Io = ProcessIo.Terminal });

        child.Write("hello\n");
        await child.UntilAsync(() => string.Equals(child.Terminal, "hello\r\nhello\r\n", StringComparison.Ordinal));
        child.Write("\u0004");

        Assert.Equal(new ExitStatus(0, 0), await child.Exited);
        await child.AllEnded;
        Assert.Equal("hello\r\nhello\r\n", child.Terminal);
    }

    [Fact]
    public async Task The_interrupt_key_ends_the_foreground_program_with_130()
    {
        using var child = TestChild.Start(fixture.Host, Spec.Shell("echo ready; exec sleep 1000", ProcessIo.Terminal));
        await child.UntilAsync(() => child.Terminal.Contains("ready", StringComparison.Ordinal));

        child.Write("\u0003");

        Assert.Equal(new ExitStatus(130, Signals.SIGINT), await child.Exited);
    }

    [Fact]
    public async Task Large_output_arrives_whole_and_before_the_exit()
    {
        var child = await RunAsync("seq 1 100000");

        Assert.Equal(string.Concat(Enumerable.Range(1, 100_000).Select(number => $"{number}\r\n")), child.Terminal);
        Assert.Equal([new(ChildEventKind.Ended, OutputStreamKind.Terminal), new(ChildEventKind.Exited)], child.Events.TakeLast(2));
    }

    [Fact]
    public async Task Large_output_is_not_lost_when_it_is_read_only_after_the_exit_began()
    {
        // Without credit until the program is done with its last write, which leaves the kernel's buffers as full as they get.
        using var child = TestChild.Start(fixture.Host, Spec.Shell("head -c 3000 /dev/zero | tr '\\0' x", ProcessIo.Terminal), credit: 0);

        Assert.Equal(new ExitStatus(0, 0), await child.Exited);
        await child.AllEnded;
        Assert.Equal(new string('x', 3000), child.Terminal);
    }

    [Fact]
    public async Task Input_that_does_not_fit_is_taken_in_parts_and_arrives_whole()
    {
        using var child = TestChild.Start(fixture.Host, Spec.Shell("stty raw -echo; echo ready; head -c 300000 | md5sum", ProcessIo.Terminal));
        await child.UntilAsync(() => child.Terminal.Contains("ready", StringComparison.Ordinal));

        var bytes = new byte[300_000];
        new Random(2).NextBytes(bytes);
        for (var sent = child.Process.TryWrite(bytes); sent < bytes.Length; sent += child.Process.TryWrite(bytes.AsSpan(sent)))
        {
            await child.NextAsync(ChildEventKind.StdinReady);
        }

        await child.AllEnded;
#pragma warning disable CA5351 // md5sum is what the child has
        Assert.Contains(Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(bytes)), child.Terminal, StringComparison.Ordinal);
#pragma warning restore CA5351
    }

    [Fact]
    public async Task A_program_that_closes_its_descriptors_keeps_its_terminal()
    {
        var child = await RunAsync("echo one; exec 0<&- 1>&- 2>&-; (exec >/dev/tty; echo two); exit 5");

        Assert.Equal("one\r\ntwo\r\n", child.Terminal);
        Assert.Equal(new ExitStatus(5, 0), await child.Exited);
    }

    [Fact]
    public async Task Nothing_can_be_written_once_nobody_holds_the_terminal()
    {
        var child = TestChild.Start(fixture.Host, Spec.Of("true") with { Io = ProcessIo.Terminal });
        await child.AllEnded;

        Assert.Equal(-1, child.Process.TryWrite("x"u8));
        child.Dispose();
    }

    private Task<TestChild> RunAsync(string script) => TestChild.RunAsync(fixture.Host, Spec.Shell(script, ProcessIo.Terminal));
}
