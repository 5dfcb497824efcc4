using System.Text;
using ExecActors.Hosting.Tests.Support;
using ExecActors.Hosting.WebSockets;

namespace ExecActors.Hosting.Tests.WebSockets;

public sealed class WebSocketSenderTests : IDisposable
{
    private const string Ping = "\u0089\0";

    private readonly FakeChannel _channel = new();
    private readonly WebSocketSender _sender;

    public WebSocketSenderTests() => _sender = new WebSocketSender(_channel);

    public void Dispose()
    {
        _sender.Dispose();
        _channel.Dispose();
    }

    [Fact]
    public async Task Frames_that_follow_at_once_are_sent_together()
    {
        await SendAsync("a", more: true);
        await SendAsync("b", more: true);
        Assert.Empty(_channel.Sent);
        await SendAsync("c", more: false);
        await SendAsync("d", more: false);

        Assert.Equal([Frame("a") + Frame("b") + Frame("c"), Frame("d")], _channel.Sent);
    }

    [Theory]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(8_192)]
    [InlineData(8_193)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public async Task A_long_frame_takes_along_what_was_kept_back(int length)
    {
        var large = new string('q', length);
        await SendAsync("a", more: true);
        await SendAsync(large, more: false);

        Assert.Equal(Frame("a") + Frame(large), Assert.Single(_channel.Sent));
    }

    [Fact]
    public async Task What_is_kept_back_is_bounded_and_nothing_is_lost()
    {
        var expected = new StringBuilder();
        for (var length = 0; length < 8_300; length += 7)
        {
            var payload = new string((char)('a' + (length % 26)), length);
            expected.Append(Frame(payload));
            await SendAsync(payload, more: true);
            var sent = _channel.Sent.Sum(piece => piece.Length);
            Assert.InRange(expected.Length - sent, 0, 32 * 1024);
        }

        await SendAsync("end", more: false);
        Assert.Equal(expected.Append(Frame("end")).ToString(), string.Concat(_channel.Sent));
    }

    [Fact]
    public async Task A_close_frame_takes_along_what_was_kept_back_and_is_the_last()
    {
        await SendAsync("a", more: true);
        await _sender.SendCloseAsync(ControlFrames.Close(1001, "bye"), CancellationToken.None);
        await _sender.SendCloseAsync(ControlFrames.Close(1001, "again"), CancellationToken.None);
        await SendAsync("b", more: false);
        _sender.Ping();
        _sender.Pong("x"u8.ToArray());

        Assert.Equal(Frame("a") + "\u0088\u0005\u0003\u00E9bye", Assert.Single(_channel.Sent));
    }

    [Fact]
    public async Task One_ping_follows_the_frame_on_its_way_however_many_were_due()
    {
        var held = _channel.HoldNextSend();
        var sending = SendAsync("a", more: false);
        _sender.Ping();
        _sender.Ping();
        held.SetResult();
        await sending.SoonAsync();

        Assert.Equal([Frame("a"), Ping], _channel.Sent);
    }

    [Fact]
    public async Task A_ping_that_is_due_while_another_is_on_its_way_is_sent_as_well()
    {
        var held = _channel.HoldNextSend();
        _sender.Ping();
        _sender.Ping();
        held.SetResult();
        await SendAsync("a", more: false).SoonAsync();

        Assert.Equal([Ping, Ping, Frame("a")], _channel.Sent);
    }

    [Fact]
    public async Task A_pong_follows_the_frame_on_its_way_and_answers_the_last_ping()
    {
        var held = _channel.HoldNextSend();
        var sending = SendAsync("a", more: false);
        _sender.Pong("one"u8.ToArray());
        _sender.Pong("two"u8.ToArray());
        held.SetResult();
        await sending.SoonAsync();

        Assert.Equal([Frame("a"), "\u008A\u0003two"], _channel.Sent);
    }

    [Fact]
    public async Task A_frame_waits_for_a_pong_on_its_way()
    {
        var held = _channel.HoldNextSend();
        _sender.Pong("p"u8.ToArray());
        var sending = SendAsync("a", more: false);
        Assert.False(sending.IsCompleted);
        held.SetResult();
        await sending.SoonAsync();

        Assert.Equal(["\u008A\u0001p", Frame("a")], _channel.Sent);
    }

    [Fact]
    public async Task A_lost_connection_is_told_to_whoever_sends_data_and_to_nobody_else()
    {
        _channel.FailSends(new IOException("gone"));
        _sender.Ping();
        _sender.Pong("p"u8.ToArray());

        Assert.Equal("gone", (await Assert.ThrowsAsync<IOException>(() => SendAsync("a", more: false))).Message);
        await Assert.ThrowsAsync<IOException>(() => SendAsync("b", more: false));
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

    private static string Frame(string payload)
    {
        var length = payload.Length;
        var head = length switch
        {
            < 126 => [(char)length],
            < 65_536 => [(char)126, (char)(length >> 8), (char)(length & 0xFF)],
            _ => new[] { (char)127, '\0', '\0', '\0', '\0', (char)(length >> 24), (char)((length >> 16) & 0xFF), (char)((length >> 8) & 0xFF), (char)(length & 0xFF) },
        };
        return "\u0081" + new string(head) + payload;
    }

    private Task SendAsync(string payload, bool more) =>
        _sender.SendTextAsync(Encoding.Latin1.GetBytes(payload), more, CancellationToken.None).AsTask();
}
