using System.Text.Unicode;

namespace ExecActors.Hosting.WebSockets;

/// <summary>Whether a text message is UTF-8, wherever its pieces are cut.</summary>
internal struct TextCheck
{
    private const int LongestSequence = 4;

    private uint _kept; // the bytes of a sequence that is not whole yet, the first one lowest
    private int _keptCount;

    /// <summary>Whether what came so far ends with a whole character.</summary>
    public readonly bool IsWhole => _keptCount == 0;

    /// <summary>Takes the next piece of the message.</summary>
    /// <returns>False when the text is no UTF-8, whatever follows.</returns>
    public bool Accept(ReadOnlySpan<byte> piece)
    {
        if (_keptCount > 0 && !AcceptRest(ref piece))
        {
            return false;
        }

        var whole = WholeLength(piece);
        foreach (var value in piece[whole..])
        {
            _kept |= (uint)value << (_keptCount++ * 8);
        }

        return Utf8.IsValid(piece[..whole]);
    }

    /// <summary>Begins with the next message.</summary>
    public void Reset() => (_kept, _keptCount) = (0, 0);

    private bool AcceptRest(ref ReadOnlySpan<byte> piece)
    {
        var needed = SequenceLength((byte)_kept);
        Span<byte> sequence = stackalloc byte[LongestSequence];
        BitConverter.TryWriteBytes(sequence, _kept);
        var taken = Math.Min(needed - _keptCount, piece.Length);
        if (piece[..taken].ContainsAnyExceptInRange((byte)0x80, (byte)0xBF))
        {
            return false; // the sequence is broken off, whatever follows
        }

        piece[..taken].CopyTo(sequence[_keptCount..]);
        piece = piece[taken..];
        _keptCount += taken;
        if (_keptCount < needed)
        {
            _kept = BitConverter.ToUInt32(sequence);
            return true;
        }

        Reset();
        return Utf8.IsValid(sequence[..needed]);
    }

    /// <summary>The length without a sequence that is cut off at the end.</summary>
    private static int WholeLength(ReadOnlySpan<byte> piece)
    {
        for (var back = 1; back < LongestSequence && back <= piece.Length; back++)
        {
            var value = piece[^back];
            if ((value & 0xC0) != 0x80)
            {
                return SequenceLength(value) > back ? piece.Length - back : piece.Length;
            }
        }

        return piece.Length;
    }

    /// <summary>Bytes of the sequence that begins with this one; 1 for a byte that begins none, which is then found invalid by itself.</summary>
    private static int SequenceLength(byte first) => first switch
    {
        >= 0xC2 and <= 0xDF => 2,
        >= 0xE0 and <= 0xEF => 3,
        >= 0xF0 and <= 0xF4 => 4,
        _ => 1,
    };
}
