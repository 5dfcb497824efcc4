using System.Buffers;
using System.Buffers.Text;

using ExecActors.Platform;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Http;

/// <summary>A connection to an HTTP server or proxy, on whose way out the heads of requests get the form that <see cref="RequestHead"/> carries.</summary>
/// <remarks>Used by one connection of SocketsHttpHandler, which writes from one place at a time. Owns the inner stream.</remarks>
internal sealed class RequestHeadStream(Stream inner) : SequentialStream
{
    private readonly ArrayBufferWriter<byte> _head = new(512);
    private long _bodyLeft;
    private bool _isTunnel;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => inner.Read(buffer);

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (PassesAsItIs(buffer.Length))
        {
            inner.Write(buffer);
            return;
        }

        using var output = new FrameBuffer(buffer.Length);
        Rewrite(buffer, output);
        using var rewritten = output.Take();
        inner.Write(rewritten.Span);
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        PassesAsItIs(buffer.Length) ? inner.WriteAsync(buffer, cancellationToken) : WriteRewrittenAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool PassesAsItIs(int length)
    {
        if (!_isTunnel && _bodyLeft < length)
        {
            return false;
        }

        _bodyLeft -= _isTunnel ? 0 : length;
        return true;
    }

    private async ValueTask WriteRewrittenAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        using var output = new FrameBuffer(buffer.Length + 256);
        Rewrite(buffer.Span, output);
        using var rewritten = output.Take();
        if (rewritten.Length > 0)
        {
            await inner.WriteAsync(rewritten.Memory, cancellationToken);
        }
    }

    /// <summary>Whole heads are rewritten, bodies copied; what is not yet a whole head is kept for the next write.</summary>
    private void Rewrite(ReadOnlySpan<byte> input, FrameBuffer output)
    {
        while (!input.IsEmpty)
        {
            if (_isTunnel || _bodyLeft > 0)
            {
                var piece = _isTunnel ? input : input[..(int)Math.Min(input.Length, _bodyLeft)];
                output.Write(piece);
                _bodyLeft -= _isTunnel ? 0 : piece.Length;
                input = input[piece.Length..];
                continue;
            }

            // The end may lie across the border of two writes.
            var before = _head.WrittenCount;
            _head.Write(input);
            var searched = Math.Max(0, before - 3);
            var end = _head.WrittenSpan[searched..].IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                return;
            }

            end += searched + 2; // the last line with its end
            RewriteHead(_head.WrittenSpan[..end], output);
            input = input[(end + 2 - before)..];
            _head.ResetWrittenCount();
        }
    }

    private void RewriteHead(ReadOnlySpan<byte> head, FrameBuffer output)
    {
        var first = Line(ref head);
        var carried = Carried(head);
        var hasCarrier = !carried.IsEmpty;
        _isTunnel = !hasCarrier && first.StartsWith("CONNECT "u8);
        if (!hasCarrier)
        {
            output.Write(first);
        }
        else
        {
            var end = carried.IndexOf((byte)RequestHead.Divider);
            output.Write(end < 0 ? carried : carried[..end]);
            output.Write(first[first.IndexOf((byte)' ')..]);
            carried = end < 0 ? default : carried[(end + 1)..];
        }

        output.Write("\r\n"u8);
        while (!carried.IsEmpty)
        {
            var end = carried.IndexOf((byte)RequestHead.Divider);
            output.Write(end < 0 ? carried : carried[..end]);
            output.Write("\r\n"u8);
            carried = end < 0 ? default : carried[(end + 1)..];
        }

        CopyOwnLines(head, hasCarrier, output);
        output.Write("\r\n"u8);
    }

    /// <summary>The lines that the handler adds: the body's length, and a proxy's credentials after it asked for them.</summary>
    private void CopyOwnLines(ReadOnlySpan<byte> head, bool hasCarrier, FrameBuffer output)
    {
        while (!head.IsEmpty)
        {
            var line = Line(ref head);
            if (IsNamed(line, "content-length"u8)
                && Utf8Parser.TryParse(line[(line.IndexOf((byte)':') + 1)..].TrimStart((byte)' '), out long length, out _))
            {
                _bodyLeft = length;
            }

            var isCarried = IsNamed(line, "host"u8) || IsNamed(line, CarrierUtf8) || (IsNamed(line, "content-length"u8) && _bodyLeft == 0);
            if (hasCarrier && isCarried)
            {
                continue;
            }

            var name = line[..line.IndexOf((byte)':')];
            System.Text.Ascii.ToLower(name, output.GetSpan(name.Length), out var written);
            output.Advance(written);
            output.Write(line[name.Length..]);
            output.Write("\r\n"u8);
        }
    }

    private static ReadOnlySpan<byte> CarrierUtf8 => "x-execactors-head"u8;

    private static ReadOnlySpan<byte> Carried(ReadOnlySpan<byte> head)
    {
        while (!head.IsEmpty)
        {
            var line = Line(ref head);
            if (IsNamed(line, CarrierUtf8))
            {
                return line[(CarrierUtf8.Length + 2)..];
            }
        }

        return default;
    }

    private static bool IsNamed(scoped ReadOnlySpan<byte> line, scoped ReadOnlySpan<byte> name) =>
        line.Length > name.Length && line[name.Length] == (byte)':' && System.Text.Ascii.EqualsIgnoreCase(line[..name.Length], name);

    /// <summary>Takes a line off the front, without its end.</summary>
    private static ReadOnlySpan<byte> Line(scoped ref ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf("\r\n"u8);
        var line = head[..end];
        head = head[(end + 2)..];
        return line;
    }
}
