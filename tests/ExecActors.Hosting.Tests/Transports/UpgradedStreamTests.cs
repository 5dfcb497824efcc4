using System.Text;
using ExecActors.Hosting.Tests.Support;
using ExecActors.Hosting.Transports;

namespace ExecActors.Hosting.Tests.Transports;

public sealed class UpgradedStreamTests : IAsyncDisposable
{
    private readonly RecordingStream _inner = new();
    private readonly UpgradedStream _stream;

    public UpgradedStreamTests() => _stream = new UpgradedStream(_inner);

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _inner.DisposeAsync();
    }

    [Fact]
    public async Task Frames_that_follow_at_once_are_written_together()
    {
        await WriteAsync("a", more: true);
        await WriteAsync("b", more: true);
        Assert.Empty(_inner.Writes);
        await WriteAsync("c", more: false);
        await WriteAsync("d", more: false);

        Assert.Equal(["abc", "d"], _inner.Writes);
    }

    [Fact]
    public async Task What_does_not_fit_goes_after_what_was_gathered()
    {
        var large = new string('q', 40_000);
        await WriteAsync("a", more: true);
        await WriteAsync(large, more: true);
        await WriteAsync("b", more: true);
        await WriteAsync("c", more: false);

        Assert.Equal(["a", large, "bc"], _inner.Writes);
    }

    [Fact]
    public async Task Gathering_is_bounded()
    {
        for (var i = 0; i < 100; i++)
        {
            await WriteAsync(new string('q', 1000), more: true);
        }

        Assert.InRange(_inner.Writes.Sum(write => write.Length), 100_000 - (32 * 1024), 100_000);
    }

    [Fact]
    public async Task A_close_frame_takes_along_what_was_gathered_and_is_the_last()
    {
        await WriteAsync("a", more: true);
        await _stream.WriteAsync(ControlFrames.Close(1001, "bye"));
        await WriteAsync("b", more: false);
        await _stream.TryWriteControlAsync(ControlFrames.Ping);

        Assert.Equal("a\u0088\u0005\u0003\u00E9bye", Assert.Single(_inner.Writes));
        Assert.True(_stream.CloseSent);
    }

    [Fact]
    public async Task A_ping_gives_way_to_a_write_under_way()
    {
        var held = _inner.HoldNextWrite();
        var writing = WriteAsync("a", more: false);
        await _stream.TryWriteControlAsync(ControlFrames.Ping);
        held.SetResult();
        await writing.SoonAsync();
        await _stream.TryWriteControlAsync(ControlFrames.Ping);

        Assert.Equal(["a", "\u0089\0"], _inner.Writes);
    }

    [Theory]
    [InlineData(123, 123)]
    [InlineData(124, 123)]
    public void A_reason_is_cut_to_what_a_control_frame_holds(int length, int sent)
    {
        var frame = ControlFrames.Close(1000, new string('x', length)).Span;

        Assert.Equal((4 + sent, 2 + sent), (frame.Length, frame[1]));
    }

    [Fact]
    public void A_reason_is_cut_between_characters()
    {
        var frame = ControlFrames.Close(1000, new string('x', 122) + "€").Span;

        Assert.Equal(new string('x', 122), Encoding.UTF8.GetString(frame[4..]));
        Assert.Equal(124, frame[1]);
    }

    private async Task WriteAsync(string frame, bool more)
    {
        _stream.Gathering = more;
        await _stream.WriteAsync(Encoding.Latin1.GetBytes(frame));
    }
}
