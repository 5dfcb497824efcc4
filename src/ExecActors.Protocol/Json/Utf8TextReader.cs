using System.Text.Unicode;

namespace ExecActors.Protocol;

/// <summary>Hands UTF-8 to a JSON reader as characters, piece by piece, so that large params are never copied whole.</summary>
internal sealed class Utf8TextReader(ReadOnlyMemory<byte> utf8) : TextReader
{
    private ReadOnlyMemory<byte> _rest = utf8;
    private char _lowSurrogate; // the second half of a pair of which only the first fitted

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_lowSurrogate != 0)
        {
            buffer[0] = _lowSurrogate;
            _lowSurrogate = '\0';
            return 1;
        }

        Utf8.ToUtf16(_rest.Span, buffer, out var read, out var written);
        _rest = _rest[read..];
        return written > 0 || _rest.IsEmpty ? written : ReadHalfPair(buffer);
    }

    public override int Read()
    {
        Span<char> one = stackalloc char[1];
        return Read(one) == 1 ? one[0] : -1;
    }

    private int ReadHalfPair(Span<char> buffer)
    {
        Span<char> pair = stackalloc char[2];
        Utf8.ToUtf16(_rest.Span, pair, out var read, out _, replaceInvalidSequences: true, isFinalBlock: true);
        _rest = _rest[read..];
        buffer[0] = pair[0];
        _lowSurrogate = pair[1];
        return 1;
    }
}
