using System.Runtime.InteropServices;

namespace ExecActors.Platform.Interop;

/// <summary>struct statx, the same on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct FileStatus
{
    private const int S_IFMT = 0xF000;
    private const int S_IFDIR = 0x4000;
    private const int S_IFREG = 0x8000;
    private const int S_IFCHR = 0x2000;
    private const int S_IFLNK = 0xA000;
    private const uint STATX_BTIME = 0x800;

    [FieldOffset(0)]
    private readonly uint _mask;

    [FieldOffset(20)]
    private readonly uint _uid;

    [FieldOffset(24)]
    private readonly uint _gid;

    [FieldOffset(28)]
    private readonly ushort _mode;

    [FieldOffset(32)]
    private readonly ulong _inode;

    [FieldOffset(40)]
    private readonly ulong _size;

    [FieldOffset(80)]
    private readonly long _birthSeconds;

    [FieldOffset(88)]
    private readonly uint _birthNanoseconds;

    [FieldOffset(112)]
    private readonly long _modifiedSeconds;

    [FieldOffset(120)]
    private readonly uint _modifiedNanoseconds;

    [FieldOffset(136)]
    private readonly uint _deviceMajor;

    [FieldOffset(140)]
    private readonly uint _deviceMinor;

    public readonly bool IsDirectory => (_mode & S_IFMT) == S_IFDIR;

    public readonly bool IsRegular => (_mode & S_IFMT) == S_IFREG;

    public readonly bool IsLink => (_mode & S_IFMT) == S_IFLNK;

    public readonly bool IsCharacterDevice => (_mode & S_IFMT) == S_IFCHR;

    /// <summary>The permission bits, with set-id and sticky.</summary>
    public readonly uint Permissions => _mode & 0xFFFu;

    public readonly (uint User, uint Group) Owner => (_uid, _gid);

    public readonly long Size => (long)_size;

    /// <summary>Milliseconds since the epoch; 0 where the file system keeps none.</summary>
    public readonly long BirthMs => (_mask & STATX_BTIME) == 0 ? 0 : Milliseconds(_birthSeconds, _birthNanoseconds);

    /// <summary>Milliseconds since the epoch.</summary>
    public readonly long ModifiedMs => Milliseconds(_modifiedSeconds, _modifiedNanoseconds);

    /// <summary>What no other file has while this one exists.</summary>
    public readonly FileIdentity Identity => new(((ulong)_deviceMajor << 32) | _deviceMinor, _inode);

    private static long Milliseconds(long seconds, uint nanoseconds) => (seconds * 1000) + (nanoseconds / 1_000_000);
}

/// <summary>A file system and a file in it.</summary>
internal readonly record struct FileIdentity(ulong Device, ulong Inode);
