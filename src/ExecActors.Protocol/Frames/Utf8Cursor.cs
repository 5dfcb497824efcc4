using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace ExecActors.Protocol;

/// <summary>Writes pieces of JSON into a buffer's own memory. Nothing has been written before <see cref="Flush"/>.</summary>
internal ref struct Utf8Cursor(IBufferWriter<byte> output)
{
    // A multiple of three, so that pieces encode to whole quads; small enough for pooled segments.
    private const int Base64Piece = 48 * 1024;
    private const int TextPiece = 16 * 1024;
    private const int LongestInteger = 20;

    private static readonly SearchValues<char> s_escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\']);

    private readonly IBufferWriter<byte> _output = output;
    private Span<byte> _span;
    private int _used;

    /// <summary>Text that is JSON already.</summary>
    public void Raw(ReadOnlySpan<byte> json)
    {
        if (json.Length > TextPiece)
        {
            Flush();
            _output.Write(json);
            return;
        }

        json.CopyTo(Room(json.Length));
        _used += json.Length;
    }

    public void Boolean(bool value) => Raw(value ? "true"u8 : "false"u8);

    public void Integer(long value)
    {
        Utf8Formatter.TryFormat(value, Room(LongestInteger), out var written);
        _used += written;
    }

    public void Integer(ulong value)
    {
        Utf8Formatter.TryFormat(value, Room(LongestInteger), out var written);
        _used += written;
    }

    public void Id(RequestId id)
    {
        if (id.Text is { } text)
        {
            String(text);
        }
        else
        {
            Integer(id.Number);
        }
    }

    /// <summary>A string with its quotes. Half a surrogate pair, which UTF-8 cannot hold, becomes U+FFFD.</summary>
    public void String(scoped ReadOnlySpan<char> text)
    {
        Raw("\""u8);
        while (!text.IsEmpty)
        {
            var run = text.IndexOfAny(s_escaped);
            var plain = run < 0 ? text : text[..run];
            text = text[plain.Length..];
            Plain(plain);
            if (!text.IsEmpty)
            {
                Escape(text[0]);
                text = text[1..];
            }
        }

        Raw("\""u8);
    }

    /// <summary>Bytes as a base64 string with its quotes.</summary>
    public void Base64String(ReadOnlySpan<byte> bytes)
    {
        Raw("\""u8);
        Base64Text(bytes);
        Raw("\""u8);
    }

    /// <summary>Bytes as base64 without quotes. Only the last part of a text may have a length that is no multiple of three.</summary>
    public void Base64Text(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, Base64Piece)];
            var written = Base64Encoder.Encode(piece, Room(Base64.GetMaxEncodedToUtf8Length(piece.Length)));
            _used += written; // not in one: the room may begin anew
            bytes = bytes[piece.Length..];
        }
    }

    /// <summary>UTF-8 as a string with its quotes; what is not UTF-8 becomes U+FFFD.</summary>
    public void Utf8String(ReadOnlySpan<byte> text)
    {
        var rented = text.Length <= 256 ? null : ScratchPool<char>.Rent(text.Length);
        var chars = rented ?? stackalloc char[256];
        String(chars[..Encoding.UTF8.GetChars(text, chars)]);
        if (rented is not null)
        {
            ScratchPool<char>.Return(rented);
        }
    }

    /// <summary>An absolute path as a URI string with its quotes.</summary>
    public void PathString(ReadOnlySpan<byte> path)
    {
        Raw("\""u8);
        var written = PathUri.WriteUri(path, Room(PathUri.LongestUri(path.Length)));
        _used += written;
        Raw("\""u8);
    }

    /// <summary>Hands what was written to the buffer.</summary>
    public void Flush()
    {
        if (_used > 0)
        {
            _output.Advance(_used);
        }

        _span = default;
        _used = 0;
    }

    private void Plain(scoped ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var piece = text[..Math.Min(text.Length, TextPiece)];
            if (piece.Length < text.Length && char.IsHighSurrogate(piece[^1]))
            {
                piece = piece[..^1]; // its other half is in the next piece
            }

            Utf8.FromUtf16(piece, Room(Encoding.UTF8.GetMaxByteCount(piece.Length)), out _, out var written);
            _used += written;
            text = text[piece.Length..];
        }
    }

    private void Escape(char c)
    {
        switch (c)
        {
            case '"':
                Raw("\\\""u8);
                break;
            case '\\':
                Raw(@"\\"u8);
                break;
            case '\b':
                Raw("\\b"u8);
                break;
            case '\f':
                Raw("\\f"u8);
                break;
            case '\n':
                Raw("\\n"u8);
                break;
            case '\r':
                Raw("\\r"u8);
                break;
            case '\t':
                Raw("\\t"u8);
                break;
            default:
                Raw("\\u00"u8);
                Utf8Formatter.TryFormat((byte)c, Room(2), out var written, new StandardFormat('x', 2));
                _used += written;
                break;
        }
    }

    private Span<byte> Room(int length)
    {
        if (_span.Length - _used < length)
        {
            Flush();
            _span = _output.GetSpan(Math.Max(length, 256));
        }

        return _span[_used..];
    }
}
