using System.IO.Pipes;
using System.Text;
using ExecActors.Hosting.Tests.Support;
using ExecActors.Hosting.Transports;
using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Frames;

namespace ExecActors.Hosting.Tests.Transports;

/// <summary>Over pipes of the kernel, with their blocking reads and writes.</summary>
public sealed class StdioTransportTests : IAsyncDisposable
{
    private readonly AnonymousPipeServerStream _toServer = new(PipeDirection.Out);
    private readonly AnonymousPipeServerStream _fromServer = new(PipeDirection.In);
    private readonly AnonymousPipeClientStream _input;
    private readonly AnonymousPipeClientStream _output;
    private readonly StdioFrameTransport _transport;

    public StdioTransportTests()
    {
        _input = new AnonymousPipeClientStream(PipeDirection.In, _toServer.ClientSafePipeHandle);
        _output = new AnonymousPipeClientStream(PipeDirection.Out, _fromServer.ClientSafePipeHandle);
        _transport = new StdioFrameTransport(_input, _output, TestTimeouts.Default, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _toServer.DisposeAsync();
        await _fromServer.DisposeAsync();
        await _transport.DisposeAsync();
        await _input.DisposeAsync();
        await _output.DisposeAsync();
    }

    [Fact]
    public async Task Bytes_come_in_as_they_are_and_end_with_the_input()
    {
        await _toServer.WriteAsync("{\"a\":1}\r\n\n{\"b\""u8.ToArray());
        var text = await ReceiveAsync(5) + await ReceiveAsync(100);
        await _toServer.WriteAsync(":2}\n"u8.ToArray());
        _toServer.Close();
        text += await ReceiveAsync(100);

        Assert.Equal("{\"a\":1}\r\n\n{\"b\":2}\n", text);
        Assert.Equal(ReceiveOutcome.EndOfInput("end of input"), await _transport.ReceiveAsync(new byte[10], CancellationToken.None).AsTask().SoonAsync());
    }

    [Fact]
    public async Task Any_size_of_buffer_gives_the_same_bytes()
    {
        var sent = Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7)).ToArray();
        var sending = Task.Run(() => _toServer.Write(sent));
        var received = new List<byte>();
        for (var size = 1; received.Count < sent.Length; size = (size * 3) % 10_007)
        {
            var buffer = new byte[size];
            var outcome = await _transport.ReceiveAsync(buffer, CancellationToken.None).AsTask().SoonAsync();
            received.AddRange(buffer.AsSpan(0, outcome.Count));
        }

        await sending.SoonAsync();
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task A_receive_without_a_buffer_waits_and_takes_nothing()
    {
        var waiting = _transport.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        await _toServer.WriteAsync("x\n"u8.ToArray());

        Assert.Equal(ReceiveOutcome.Bytes(0, endOfFrame: false), await waiting.SoonAsync());
        Assert.Equal("x\n", await ReceiveAsync(10));
    }

    [Fact]
    public async Task A_cancelled_receive_ends_and_takes_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        var waiting = _transport.ReceiveAsync(new byte[10], cancelled.Token).AsTask();
        await cancelled.CancelAsync();

        Assert.Equal(ReceiveOutcome.End("closed by the server"), await waiting.SoonAsync());
        await _toServer.WriteAsync("x\n"u8.ToArray());
        Assert.Equal("x\n", await ReceiveAsync(10));
    }

    [Fact]
    public async Task Each_frame_goes_out_as_a_line()
    {
        await SendAsync("{}", more: true);
        await SendAsync("{\"ü\":1}", more: false);

        Assert.Equal("{}\n{\"ü\":1}\n", await ReadOutputAsync(Encoding.UTF8.GetByteCount("{}\n{\"ü\":1}\n")));
    }

    [Fact]
    public async Task Frames_that_follow_at_once_are_written_together()
    {
        var output = new RecordingStream();
        await using (var transport = new StdioFrameTransport(Stream.Null, output, TestTimeouts.Default, TimeProvider.System))
        {
            await transport.SendAsync("a"u8.ToArray(), more: true, CancellationToken.None);
            await transport.SendAsync("b"u8.ToArray(), more: true, CancellationToken.None);
            await transport.SendAsync("c"u8.ToArray(), more: false, CancellationToken.None);
        }

        Assert.Equal("a\nb\nc\n", Assert.Single(output.Writes, write => write.Length > 0));
    }

    [Fact]
    public async Task What_was_sent_is_written_before_the_close_returns()
    {
        await SendAsync("last words", more: true);
        await _transport.CloseAsync(CloseReason.ServerShutdown, CancellationToken.None).AsTask().SoonAsync();

        Assert.Equal("last words\n", await ReadOutputAsync("last words\n".Length));
    }

    [Fact]
    public async Task A_close_ends_the_receive_that_waits()
    {
        var waiting = _transport.ReceiveAsync(new byte[10], CancellationToken.None).AsTask();
        await _transport.CloseAsync(CloseReason.ServerShutdown, CancellationToken.None).AsTask().SoonAsync();

        Assert.Equal(ReceiveOutcome.End("closed by the server"), await waiting.SoonAsync());
    }

    [Fact]
    public async Task A_close_does_not_wait_for_a_reader_longer_than_it_may()
    {
        await FillOutputAsync();
        using var impatient = new CancellationTokenSource();
        var closing = _transport.CloseAsync(CloseReason.ServerShutdown, impatient.Token).AsTask();
        Assert.False(closing.IsCompleted);
        await impatient.CancelAsync();

        await closing.SoonAsync();
    }

    [Fact]
    public async Task A_send_waits_for_a_reader_that_does_not_read()
    {
        var (waiting, sent) = await FillOutputAsync();
        Assert.InRange(sent, 64 * 1024, 1024 * 1024);

        await ReadOutputAsync(sent);

        await waiting.SoonAsync();
    }

    [Fact]
    public async Task A_reader_that_is_gone_is_an_IOException()
    {
        await _fromServer.DisposeAsync();

        var error = await Assert.ThrowsAsync<IOException>(async () =>
        {
            while (true)
            {
                await SendAsync("anybody there?", more: false);
            }
        }).SoonAsync();

        Assert.StartsWith("stdio is gone: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_is_gone_ends_the_receive_that_waits()
    {
        var waiting = _transport.ReceiveAsync(new byte[10], CancellationToken.None).AsTask();
        await _fromServer.DisposeAsync();
        await SendAsync("anybody there?", more: false);

        var outcome = await waiting.SoonAsync();

        Assert.True(outcome.Ended);
        Assert.StartsWith("stdio is gone: ", outcome.EndReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_that_nobody_takes_is_not_read_on()
    {
        using var input = new EndlessStream();
        await using var transport = new StdioFrameTransport(input, Stream.Null, TestTimeouts.Default, TimeProvider.System);
        var buffer = new byte[50_000];
        long taken = 0;
        for (var i = 0; i < 200; i++)
        {
            taken += (await transport.ReceiveAsync(buffer, CancellationToken.None).AsTask().SoonAsync()).Count;
            Assert.InRange(input.Given - taken, 0, 512 * 1024);
        }
    }

    [Fact]
    public async Task Input_that_fails_is_an_outcome()
    {
        var closed = new MemoryStream();
        await closed.DisposeAsync();
        await using var transport = new StdioFrameTransport(closed, Stream.Null, TestTimeouts.Default, TimeProvider.System);

        var outcome = await transport.ReceiveAsync(new byte[10], CancellationToken.None).AsTask().SoonAsync();

        Assert.True(outcome.Ended);
        Assert.StartsWith("standard input failed: ", outcome.EndReason, StringComparison.Ordinal);
    }

    private async Task<string> ReceiveAsync(int count)
    {
        var buffer = new byte[count];
        var outcome = await _transport.ReceiveAsync(buffer, CancellationToken.None).AsTask().SoonAsync();
        return Encoding.UTF8.GetString(buffer, 0, outcome.Count);
    }

    private Task SendAsync(string frame, bool more) =>
        _transport.SendAsync(Encoding.UTF8.GetBytes(frame), more, CancellationToken.None).AsTask();

    private async Task<(Task Waiting, int Sent)> FillOutputAsync()
    {
        var frame = new string('x', 16 * 1024);
        for (var sent = frame.Length + 1; sent < 4 * 1024 * 1024; sent += frame.Length + 1)
        {
            var sending = SendAsync(frame, more: false);
            if (!sending.IsCompleted)
            {
                return (sending, sent);
            }

            await sending;
        }

        throw new InvalidOperationException("a send to a pipe that nobody reads never waited");
    }

    private async Task<string> ReadOutputAsync(int count)
    {
        var bytes = new byte[count];
        await Task.Run(() => _fromServer.ReadExactly(bytes)).SoonAsync();
        return Encoding.UTF8.GetString(bytes);
    }

    private sealed class EndlessStream : MemoryStream
    {
        private long _given;

        public long Given => Interlocked.Read(ref _given);

        public override int Read(Span<byte> buffer)
        {
            Interlocked.Add(ref _given, buffer.Length);
            return buffer.Length;
        }
    }
}
