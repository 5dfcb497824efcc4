using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ExecActors.Platform.Interop;

/// <summary>The array that epoll_wait(2) fills.</summary>
/// <remarks>struct epoll_event is packed to 12 bytes on x86-64 and has its natural 16 everywhere else, so its fields are reached by offset.</remarks>
internal sealed unsafe class EpollEvents(int capacity)
{
    /// <summary>Bytes of one event on the architecture where it is largest.</summary>
    public const int MaxEventSize = 16;

    private static readonly int _dataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int _eventSize = _dataOffset + sizeof(long);

    /// <summary>The memory the kernel writes to.</summary>
    public byte[] Buffer { get; } = new byte[capacity * _eventSize];

    /// <summary>Events that fit.</summary>
    public int Capacity => capacity;

    /// <summary>The EPOLL… bits of an event.</summary>
    public uint Bits(int index) => Unsafe.ReadUnaligned<uint>(ref Buffer[index * _eventSize]);

    /// <summary>What was registered with the descriptor.</summary>
    public long Data(int index) => Unsafe.ReadUnaligned<long>(ref Buffer[(index * _eventSize) + _dataOffset]);

    /// <summary>Lays one event out for epoll_ctl(2).</summary>
    public static void Write(byte* destination, uint events, long data)
    {
        Unsafe.WriteUnaligned(destination, events);
        Unsafe.WriteUnaligned(destination + _dataOffset, data);
    }
}
