using System.Globalization;
using System.Text;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>A stream that describes itself: ten-digit numbers, one to a line, counting up. Any part of it says where it belongs.</summary>
public sealed class CountingOutput
{
    /// <summary>The first number.</summary>
    public const long First = 1_000_000_000;

    /// <summary>Bytes of a line.</summary>
    public const int LineBytes = 11;

    private readonly byte[] _line = new byte[LineBytes];
    private long _position = -1; // of the next byte; -1 before the first

    /// <summary>Bytes seen.</summary>
    public long Length { get; private set; }

    /// <summary>The number of the next whole line.</summary>
    public long NextNumber => First + ((_position + LineBytes - 1) / LineBytes);

    /// <summary>A program that puts so many bytes out, as fast as it can; a multiple of 11.</summary>
    public static string Program(long bytes) => string.Create(CultureInfo.InvariantCulture, $"seq {First} {First + (bytes / LineBytes) - 1}");

    /// <summary>Checks that these bytes go on where the last ones ended. The first may begin in the middle, in a later line.</summary>
    public void Add(ReadOnlySpan<byte> bytes, bool fromStart = false)
    {
        if (_position < 0)
        {
            _position = fromStart ? 0 : Find(bytes);
        }

        Length += bytes.Length;
        foreach (var next in bytes)
        {
            var place = (int)(_position % LineBytes);
            if (place == 0 || Length == bytes.Length)
            {
                Assert.True((First + (_position / LineBytes)).TryFormat(_line, out var written, provider: CultureInfo.InvariantCulture) && written == LineBytes - 1);
                _line[^1] = (byte)'\n';
            }

            if (next != _line[place])
            {
                Assert.Fail($"at byte {_position}: expected {(char)_line[place]} of line {Encoding.ASCII.GetString(_line)}, found {(char)next}");
            }

            _position++;
        }
    }

    // The first whole line says which it is.
    private static long Find(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n') + 1;
        var number = long.Parse(Encoding.ASCII.GetString(bytes.Slice(end, LineBytes - 1)), CultureInfo.InvariantCulture);
        return ((number - First) * LineBytes) - end;
    }
}
