using System.Text;

namespace ExecActors.Platform.Tests.Processes;

public sealed class StdinTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    [Fact]
    public async Task Closing_stdin_lets_a_filter_finish()
    {
        using var child = Start("sort");
        child.Write("b\na\n");
        child.Process.CloseStdin();

        Assert.Equal(new ExitStatus(0, 0), await child.Exited);
        Assert.Equal("a\nb\n", child.Stdout);
        Assert.Equal(-1, child.Process.TryWrite("x"u8));
    }

    [Fact]
    public async Task A_short_write_is_followed_by_the_news_of_room()
    {
        using var child = Start("read line; cat >/dev/null");
        var tooMuch = new byte[1_000_000];
        tooMuch.AsSpan().Fill((byte)'x');
        var taken = child.Process.TryWrite(tooMuch);
        Assert.InRange(taken, 1, tooMuch.Length - 1);
        Assert.Equal(0, child.Process.TryWrite("more"u8));

        // sh reads byte by byte and frees room only now and then, but then there is some.
        await child.NextAsync(ChildEventKind.StdinReady);
        Assert.NotEqual(-1, child.Process.TryWrite("more"u8));
    }

    [Fact]
    public async Task Who_waits_for_room_hears_when_nobody_reads_any_more()
    {
        using var child = Start("exec 0<&-; read line </dev/null; echo closed; exec sleep 1000");
        await child.UntilAsync(() => child.Stdout.Length > 0);
        Assert.Equal(-1, child.Process.TryWrite("x"u8));

        using var full = Start("sleep 1000");
        Assert.InRange(full.Process.TryWrite(new byte[1_000_000]), 1, 999_999);
        Assert.True(full.Process.SignalGroup(Signals.SIGKILL));
        await full.NextAsync(ChildEventKind.StdinReady);
        Assert.Equal(-1, full.Process.TryWrite("x"u8));
    }

    [Fact]
    public async Task A_terminals_stdin_is_not_closed()
    {
        using var child = TestChild.Start(fixture.Host, Spec.Shell("read line; echo got $line", ProcessIo.Terminal));
        child.Process.CloseStdin();
        child.Write("x\n");

        await child.UntilAsync(() => child.Terminal.Contains("got x", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_empty_write_does_nothing()
    {
        using var child = Start("cat");
        Assert.Equal(0, child.Process.TryWrite(Encoding.UTF8.GetBytes("")));
        child.Write("x");
        await child.UntilAsync(() => child.Stdout.Length == 1);
    }

    private TestChild Start(string script) => TestChild.Start(fixture.Host, Spec.Shell(script, ProcessIo.PipesWithStdin));
}
