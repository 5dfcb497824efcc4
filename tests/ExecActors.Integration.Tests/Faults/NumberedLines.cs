using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>A stream that describes itself: each line is its stream's number and its own, so every byte at every offset is known beforehand.</summary>
/// <remarks>
/// <c>seq</c> writes it: <c>seq 700000000001 700000000500</c> are the first 500 lines of stream 700, each of the same length. A byte that is missing,
/// repeated, of another place or of another stream does not fit its offset.
/// </remarks>
internal sealed class NumberedLines(int stream)
{
    /// <summary>Of one line, its end included.</summary>
    public const int LineBytes = 13;

    private const long LinesPerStream = 1_000_000_000;
    private readonly byte[] _line = new byte[LineBytes];
    private readonly List<byte> _found = []; // since bytes were lost, until they say which they are

    /// <summary>Bytes taken so far, all of them right, and those that were lost with leave.</summary>
    public long Position { get; private set; }

    /// <summary>Whether it is known which byte comes next. Not after a loss, until a whole line has come.</summary>
    public bool IsLocated { get; private set; } = true;

    /// <summary>The arguments of <c>seq</c> that print so many lines.</summary>
    /// <param name="first">The first line's number, from 1.</param>
    /// <param name="count">At least 1.</param>
    public string Arguments(long first, long count) =>
        string.Create(CultureInfo.InvariantCulture, $"{(stream * LinesPerStream) + first} {(stream * LinesPerStream) + first + count - 1}");

    /// <summary>Any number of the bytes that come next will not come.</summary>
    public void Lose()
    {
        IsLocated = false;
        _found.Clear();
    }

    /// <summary>Takes the next bytes.</summary>
    /// <returns>Where they are; null while that is not known.</returns>
    /// <exception cref="FaultFoundException">They are not those that come next.</exception>
    public long? Append(ReadOnlySpan<byte> bytes)
    {
        if (IsLocated)
        {
            Check(Position, bytes);
            Position += bytes.Length;
            return Position - bytes.Length;
        }

        _found.AddRange(bytes);
        var number = _found.IndexOf((byte)'\n') + 1;
        if (number == 0 || _found.Count < number + LineBytes - 1)
        {
            return null;
        }

        var found = _found.ToArray();
        var at = Utf8Parser.TryParse(found.AsSpan(number, LineBytes - 1), out long line, out _)
            ? ((line - (stream * LinesPerStream) - 1) * LineBytes) - number
            : -1;
        if (at < Position)
        {
            throw new FaultFoundException(
                $"stream {stream}, offset {Position} or later: found '{Encoding.UTF8.GetString(found, 0, Math.Min(2 * LineBytes, found.Length))}'");
        }

        (IsLocated, Position) = (true, at);
        _found.Clear();
        Append(found);
        return Position - bytes.Length;
    }

    /// <summary>Looks at bytes of another place once more.</summary>
    /// <exception cref="FaultFoundException">They are not those of that place.</exception>
    public void Check(long at, ReadOnlySpan<byte> bytes)
    {
        for (var taken = 0; taken < bytes.Length;)
        {
            var (index, column) = Math.DivRem(at + taken, LineBytes);
            Utf8Formatter.TryFormat((stream * LinesPerStream) + index + 1, _line, out _);
            _line[LineBytes - 1] = (byte)'\n';
            var expected = _line.AsSpan((int)column);
            var length = Math.Min(expected.Length, bytes.Length - taken);
            if (!bytes.Slice(taken, length).SequenceEqual(expected[..length]))
            {
                var found = Encoding.UTF8.GetString(bytes.Slice(taken, Math.Min(2 * LineBytes, bytes.Length - taken)));
                throw new FaultFoundException($"stream {stream}, offset {at + taken}: expected line {index + 1} from column {column}, found '{found}'");
            }

            taken += length;
        }
    }
}
