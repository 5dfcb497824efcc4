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
    /// <param name="guard">Judges what is read, and where each thing is made; null for none.</param>
    public static FileOutcome Copy(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, bool recursive, IPlaceGuard? guard = null)
    {
        var outcome = HeldPlace.Find(source, followLinks: true, out var foundSource);
        using var from = foundSource;
        if (!outcome.Succeeded)
        {
            return outcome;
        }

        using var held = Libc.OpenAt(from!.Directory, from.Name, Libc.O_PATH | Libc.O_NOFOLLOW);
        if (held.IsInvalid || Libc.Status(held, out var status) < 0)
        {
            return FileOutcome.LastError;
        }

        outcome = guard?.MayRead(held) ?? default;
        if (!outcome.Succeeded)
        {
            return outcome;
        }

        if (status.IsDirectory)
        {
            return recursive ? CopyTree(from, status.Identity, destination, guard) : FileOutcome.Refused(FileRefusal.DirectoryNeedsRecursive);
        }

        if (!status.IsLink && !status.IsRegular)
        {
            return NotRegular(from.Directory, from.Name, status, FileOutcome.Refused(FileRefusal.UncopyableKind));
        }

        outcome = HeldPlace.Find(destination, followLinks: true, out var foundDestination);
        using var to = foundDestination;
        return outcome.Succeeded ? TreeCopy.CopyEntry(from.Directory, from.Name, status, to!.Directory, to.Name, guard) : outcome;
    }

    private static FileOutcome CopyTree(HeldPlace from, FileIdentity identity, ReadOnlySpan<byte> destination, IPlaceGuard? guard)
    {
        // O_NOFOLLOW: it was a directory a moment ago.
        var outcome = DirectoryReader.Open(from.Directory, from.Name, followLink: false, guard, out var reader);
        using var closesReader = reader;
        if (outcome.Succeeded)
        {
            outcome = LeadsBelow(destination, identity);
        }

        if (!outcome.Succeeded)
        {
            return outcome;
        }

        outcome = CreateTree(destination, guard, out var to);
        using var closesTo = to;
        return outcome.Succeeded ? new TreeCopy(reader!.Descriptor, to, guard).Run() : outcome;
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
