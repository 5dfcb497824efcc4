namespace ExecActors.Platform.Interop;

/// <summary>What tells one file from another, and what kind it is.</summary>
/// <param name="Mode">st_mode: type and permission bits.</param>
/// <param name="Uid">Its owner.</param>
/// <param name="Device">Major and minor number of the device it is on, in one.</param>
/// <param name="Inode">Its number there.</param>
internal readonly record struct FileFacts(ushort Mode, uint Uid, ulong Device, ulong Inode)
{
    private const int S_IFMT = 0xF000;
    private const int S_IFDIR = 0x4000;

    public bool IsDirectory => (Mode & S_IFMT) == S_IFDIR;

    public bool IsLink => (Mode & S_IFMT) == Libc.S_IFLNK;

    public bool IsSocketOrPipe => (Mode & S_IFMT) is Libc.S_IFSOCK or Libc.S_IFIFO;

    /// <summary>Whether it is the same file; its mode may have changed.</summary>
    public bool IsSameFile(FileFacts other) => Device == other.Device && Inode == other.Inode;
}
