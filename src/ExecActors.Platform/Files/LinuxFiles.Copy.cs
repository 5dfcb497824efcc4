using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Copying files, links and trees.</summary>
public static partial class LinuxFiles
{
    /// <summary>Copies a file, a link or a tree.</summary>
    /// <remarks>
    /// A file's bytes and permission bits go over what the destination leads to; a file onto itself is left alone. A link becomes a link with the same
    /// text (EEXIST if the name is taken). A tree is merged into what is there, made with its ancestors where it is not; special files in it are left out, and
    /// its first failure ends the copy where it stands.
    /// </remarks>
    /// <param name="source">Absolute; a link is copied itself.</param>
    /// <param name="destination">Absolute.</param>
    /// <param name="recursive">Whether a directory may be copied.</param>
    public static FileOutcome Copy(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, bool recursive)
    {
        var name = CString.Of(source);
        if (Libc.StatusAt(Libc.NoDirectory, name, Libc.AT_SYMLINK_NOFOLLOW, out var status) < 0)
        {
            return FileOutcome.LastError;
        }

        if (!status.IsDirectory)
        {
            return status.IsLink ? CopyLink(name, destination)
                : status.IsRegular ? FileCopy.Run(name, CString.Of(destination))
                : NotRegular(Libc.NoDirectory, name, status, FileOutcome.Refused(FileRefusal.UncopyableKind));
        }

        if (!recursive)
        {
            return FileOutcome.Refused(FileRefusal.DirectoryNeedsRecursive);
        }

        var outcome = LeadsBelow(destination, status.Identity);
        return outcome.Succeeded ? CopyTree(source.ToArray(), destination.ToArray()) : outcome;
    }

    private static FileOutcome CopyLink(byte[] source, ReadOnlySpan<byte> destination) =>
        Libc.ReadLinkAt(Libc.NoDirectory, source) is { } target ? FileOutcome.Of(Libc.SymlinkAt(target, CString.Of(destination))) : FileOutcome.LastError;

    private static FileOutcome CopyTree(byte[] source, byte[] destination)
    {
        var left = new Stack<(byte[] Source, byte[] Destination)>();
        left.Push((source, destination));
        while (left.TryPop(out var pair))
        {
            var outcome = CreateDirectory(pair.Destination, recursive: true, followLinks: true);
            if (outcome.Succeeded)
            {
                outcome = CopyEntries(pair.Source, pair.Destination, left);
            }

            if (!outcome.Succeeded)
            {
                return outcome;
            }
        }

        return default;
    }

    private static FileOutcome CopyEntries(byte[] source, byte[] destination, Stack<(byte[] Source, byte[] Destination)> left)
    {
        // O_NOFOLLOW: a link inside the tree is copied as one, also when it was swapped in only now.
        var opened = DirectoryReader.Open(source, followLink: false, out var reader);
        using var closesReader = reader;
        if (reader is null)
        {
            return opened;
        }

        while (reader.MoveNext())
        {
            var from = NativePath.Join(source, reader.Name);
            var to = NativePath.Join(destination, reader.Name);
            if (Libc.StatusAt(reader.Descriptor, reader.NameWithNul, Libc.AT_SYMLINK_NOFOLLOW, out var status) < 0)
            {
                return FileOutcome.LastError;
            }

            if (status.IsDirectory)
            {
                left.Push((from, to));
                continue;
            }

            var outcome = status.IsLink ? CopyLink(CString.Of(from), to)
                : status.IsRegular ? FileCopy.Run(CString.Of(from), CString.Of(to))
                : NotRegular(reader.Descriptor, reader.NameWithNul.ToArray(), status, default);
            if (!outcome.Succeeded)
            {
                return outcome;
            }
        }

        return FileOutcome.Failed(reader.Errno);
    }

    /// <summary>Refuses a destination that is, or would be made, in the directory itself. Looks from the lowest ancestor that exists up to the root.</summary>
    private static FileOutcome LeadsBelow(ReadOnlySpan<byte> destination, FileIdentity directory)
    {
        var flags = Libc.O_PATH | Libc.O_DIRECTORY;
        var at = Libc.OpenAt(Libc.NoDirectory, CString.Of(destination), flags);
        while (at.IsInvalid && !NativePath.IsRoot(destination))
        {
            destination = destination[..Math.Max(1, destination.LastIndexOf((byte)'/'))];
            at = Libc.OpenAt(Libc.NoDirectory, CString.Of(destination), flags);
        }

        try
        {
            FileIdentity? below = null;
            while (!at.IsInvalid && Libc.Status(at, out var status) == 0 && status.Identity != below)
            {
                if (status.Identity == directory)
                {
                    return FileOutcome.Refused(FileRefusal.CopyIntoItself);
                }

                below = status.Identity;
                var above = Libc.OpenAt(at, "..\0"u8, flags);
                at.Dispose();
                at = above;
            }

            return default;
        }
        finally
        {
            at.Dispose();
        }
    }
}
