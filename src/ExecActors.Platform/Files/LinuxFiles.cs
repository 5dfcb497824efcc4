using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>
/// Operations on files by the bytes of their absolute paths, which <see cref="System.IO"/> cannot name when they are not UTF-8. Every call may block,
/// for as long as a dead mount does.
/// </summary>
/// <remarks>
/// A path has no NUL, no empty and no dot segments and no slash at its end, as the protocol's parser gives it. <c>followLinks: false</c> means that no
/// component may be a symbolic link; it is enforced by the kernel (openat2(2)) and by descriptors of the directories, so that a link swapped in meanwhile is
/// not followed either.
/// </remarks>
public static partial class LinuxFiles
{
    /// <summary>Kind, size and times. Following, they are those of a link's target.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="followLinks">Otherwise a link is refused.</param>
    /// <param name="metadata">What was found; nothing on failure.</param>
    /// <param name="guard">Judges what is looked at; null for none.</param>
    public static FileOutcome GetMetadata(ReadOnlySpan<byte> path, bool followLinks, out FileMetadata metadata, IPlaceGuard? guard = null)
    {
        metadata = default;
        var outcome = followLinks
            ? StatusFollowed(path, guard, out var status, out var isLink)
            : StatusUnfollowed(path, guard, out status, out isLink);
        if (outcome.Succeeded)
        {
            metadata = new FileMetadata(status.IsDirectory, status.IsRegular, isLink, status.Size, status.BirthMs, status.ModifiedMs);
        }

        return outcome;
    }

    /// <summary>The path without links; it must exist.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="canonical">The result; empty on failure.</param>
    /// <param name="guard">Judges what is at the end of the path; null for none.</param>
    public static FileOutcome Canonicalize(ReadOnlySpan<byte> path, out byte[] canonical, IPlaceGuard? guard = null)
    {
        if (guard is null)
        {
            var resolved = Libc.RealPath(CString.Of(path));
            canonical = resolved ?? [];
            return resolved is null ? FileOutcome.LastError : default;
        }

        canonical = [];
        using var held = Libc.OpenAt(Libc.NoDirectory, CString.Of(path), Libc.O_PATH);
        if (held.IsInvalid)
        {
            return FileOutcome.LastError;
        }

        var outcome = guard.MayRead(held);
        return outcome.Succeeded && !TryLocate(held, out canonical) ? FileOutcome.Failed(Errno.ENOENT) : outcome;
    }

    /// <summary>Where an open file or directory is now, as this process sees it, without links.</summary>
    /// <param name="descriptor">Any open one.</param>
    /// <param name="path">Absolute; empty when it has no place here. Of a file that was removed since, it ends with <c> (deleted)</c>.</param>
    public static bool TryLocate(SafeFileHandle descriptor, out byte[] path)
    {
        path = Libc.ReadLink(SelfPath(descriptor)) ?? [];
        var isHere = path is [(byte)'/', ..];
        path = isHere ? path : [];
        return isHere;
    }

    /// <summary>Sets the permission bits.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="mode">0 to 0o7777.</param>
    /// <param name="followLinks">Otherwise a link as the last name is ELOOP.</param>
    /// <param name="guard">Judges what is changed; null for none.</param>
    public static FileOutcome ChangeMode(ReadOnlySpan<byte> path, int mode, bool followLinks, IPlaceGuard? guard = null)
    {
        var outcome = NativePath.OpenParent(path, followLinks, out var parent);
        using var closesParent = parent;
        if (!outcome.Succeeded)
        {
            return outcome;
        }

        using var file = Libc.OpenAt(parent, NativePath.Name(path), Libc.O_PATH | (followLinks ? 0 : Libc.O_NOFOLLOW));
        if (file.IsInvalid || Libc.Status(file, out var status) < 0)
        {
            return FileOutcome.LastError;
        }

        outcome = status.IsLink ? FileOutcome.Failed(Errno.ELOOP) : guard?.MayChange(file) ?? default;
        if (!outcome.Succeeded)
        {
            return outcome;
        }

        var result = Libc.ChangeModeOfPath(file, (uint)mode);
        return result < 0 && Libc.LastErrno == Errno.ENOSYS
            ? FileOutcome.Of(Libc.ChangeMode(SelfPath(file), (uint)mode)) // before Linux 6.6
            : FileOutcome.Of(result);
    }

    /// <summary>The magic link of an open file, with a closing NUL.</summary>
    internal static byte[] SelfPath(System.Runtime.InteropServices.SafeHandle file) =>
        CString.Of(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/self/fd/{file.DangerousGetHandle()}"));

    private static FileOutcome StatusFollowed(ReadOnlySpan<byte> path, IPlaceGuard? guard, out FileStatus status, out bool isLink)
    {
        if (guard is not null)
        {
            return StatusHeld(path, guard, out status, out isLink);
        }

        var name = CString.Of(path);
        var result = Libc.StatusAt(Libc.NoDirectory, name, Libc.AT_SYMLINK_NOFOLLOW, out status);
        isLink = result == 0 && status.IsLink;
        return FileOutcome.Of(isLink ? Libc.StatusAt(Libc.NoDirectory, name, 0, out status) : result);
    }

    private static FileOutcome StatusHeld(ReadOnlySpan<byte> path, IPlaceGuard guard, out FileStatus status, out bool isLink)
    {
        isLink = false;
        status = default;
        var outcome = NativePath.OpenParent(path, followLinks: true, out var parent);
        using var closesParent = parent;
        if (!outcome.Succeeded)
        {
            return outcome;
        }

        using var named = Libc.OpenAt(parent, NativePath.Name(path), Libc.O_PATH | Libc.O_NOFOLLOW);
        if (named.IsInvalid || Libc.Status(named, out status) < 0)
        {
            return FileOutcome.LastError;
        }

        isLink = status.IsLink;
        if (!isLink)
        {
            return guard.MayRead(named);
        }

        using var target = Libc.OpenAt(parent, NativePath.Name(path), Libc.O_PATH);
        return target.IsInvalid || Libc.Status(target, out status) < 0 ? FileOutcome.LastError : guard.MayRead(target);
    }

    private static FileOutcome StatusUnfollowed(ReadOnlySpan<byte> path, IPlaceGuard? guard, out FileStatus status, out bool isLink)
    {
        isLink = false;
        status = default;
        var outcome = NativePath.OpenParent(path, followLinks: false, out var parent);
        using var closesParent = parent;
        if (!outcome.Succeeded)
        {
            return outcome;
        }

        using var held = Libc.OpenAt(parent, NativePath.Name(path), Libc.O_PATH | Libc.O_NOFOLLOW);
        if (held.IsInvalid || Libc.Status(held, out status) < 0)
        {
            return FileOutcome.LastError;
        }

        outcome = guard?.MayRead(held) ?? default;
        return !outcome.Succeeded ? outcome : status.IsLink ? FileOutcome.Refused(FileRefusal.SymbolicLink) : default;
    }
}
