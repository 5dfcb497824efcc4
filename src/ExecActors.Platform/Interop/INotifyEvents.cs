using System.Buffers.Binary;

namespace ExecActors.Platform.Interop;

/// <summary>Goes through struct inotify_event records as read(2) delivers them, which it does whole.</summary>
internal ref struct INotifyEvents(ReadOnlySpan<byte> bytes)
{
    private const int HeaderBytes = 16;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The number of the watch; -1 for IN_Q_OVERFLOW.</summary>
    public int Watch { get; private set; }

    /// <summary>IN_… bits.</summary>
    public uint Mask { get; private set; }

    /// <summary>The name in the watched directory; empty when it is about the watched file itself.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The record itself.</summary>
    public ReadOnlySpan<byte> Record { get; private set; }

    /// <summary>Goes to the next record.</summary>
    public bool MoveNext()
    {
        if (_rest.Length < HeaderBytes)
        {
            return false;
        }

        var nameBytes = (int)BinaryPrimitives.ReadUInt32LittleEndian(_rest[12..]);
        Watch = BinaryPrimitives.ReadInt32LittleEndian(_rest);
        Mask = BinaryPrimitives.ReadUInt32LittleEndian(_rest[4..]);
        Name = _rest.Slice(HeaderBytes, nameBytes).TrimEnd((byte)0); // padded with NULs
        Record = _rest[..(HeaderBytes + nameBytes)];
        _rest = _rest[Record.Length..];
        return true;
    }
}
