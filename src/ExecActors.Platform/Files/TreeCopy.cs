using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>Copies what is in one directory into another one. Both are held by the caller, and everything is named from there.</summary>
/// <param name="source">Open for reading.</param>
/// <param name="destination">At least for naming (O_PATH).</param>
/// <param name="guard">Judges what is read, and where each thing is made; null for none.</param>
internal sealed class TreeCopy(SafeFileHandle source, SafeFileHandle destination, IPlaceGuard? guard)
{
    /// <summary>Directories that are left, by their way from both ends, with a closing NUL.</summary>
    private readonly Stack<byte[]> _left = new();

    /// <summary>Copies; the first failure ends it.</summary>
    public FileOutcome Run()
    {
        _left.Push([(byte)'.', 0]);
        var outcome = default(FileOutcome);
        while (outcome.Succeeded && _left.TryPop(out var way))
        {
            outcome = CopyDirectory(way);
        }

        return outcome;
    }

    /// <summary>Copies a file, over what the new name leads to, or a link.</summary>
    /// <param name="from">The directory it is in.</param>
    /// <param name="name">Its name there, with a closing NUL.</param>
    /// <param name="status">What it was when it was looked at: a file or a link.</param>
    /// <param name="to">The directory of the new name.</param>
    /// <param name="newName">With a closing NUL.</param>
    /// <param name="guard">Judges; null for none.</param>
    public static FileOutcome CopyEntry(SafeFileHandle from, byte[] name, in FileStatus status, SafeFileHandle to, byte[] newName, IPlaceGuard? guard)
    {
        if (status.IsRegular)
        {
            return FileCopy.Run(from, name, to, newName, guard);
        }

        if (Libc.ReadLinkAt(from, name) is not { } target)
        {
            return FileOutcome.LastError;
        }

        var outcome = guard?.MayMake(to, newName) ?? default;
        return outcome.Succeeded ? FileOutcome.Of(Libc.SymlinkAt(target, to, newName)) : outcome;
    }

    private FileOutcome CopyDirectory(byte[] way)
    {
        // O_NOFOLLOW: a link inside the tree is copied as one, also when it was swapped in only now.
        var outcome = DirectoryReader.Open(source, way, followLink: false, guard, out var reader);
        using var closesReader = reader;
        if (!outcome.Succeeded)
        {
            return outcome;
        }

        using var to = Libc.OpenAt(destination, way, Libc.O_PATH | Libc.O_DIRECTORY);
        if (to.IsInvalid)
        {
            return FileOutcome.LastError;
        }

        while (outcome.Succeeded && reader!.MoveNext())
        {
            outcome = Copy(reader, to, way);
        }

        return outcome.Succeeded ? FileOutcome.Failed(reader!.Errno) : outcome;
    }

    private FileOutcome Copy(DirectoryReader from, SafeFileHandle to, byte[] way)
    {
        var name = from.NameWithNul.ToArray();
        if (Libc.StatusAt(from.Descriptor, name, Libc.AT_SYMLINK_NOFOLLOW, out var status) < 0)
        {
            return FileOutcome.LastError;
        }

        if (status.IsDirectory)
        {
            _left.Push(CString.Of(NativePath.Join(way.AsSpan(0, way.Length - 1), from.Name)));
            return MakeDirectory(to, name);
        }

        return status.IsLink || status.IsRegular ? CopyEntry(from.Descriptor, name, status, to, name, guard)
            : LinuxFiles.NotRegular(from.Descriptor, name, status, default);
    }

    private FileOutcome MakeDirectory(SafeFileHandle to, byte[] name)
    {
        var outcome = LinuxFiles.MakeEntry(to, name, guard);
        return outcome.Errno == Errno.EEXIST && Libc.StatusAt(to, name, 0, out var present) == 0 && present.IsDirectory ? default : outcome;
    }
}
