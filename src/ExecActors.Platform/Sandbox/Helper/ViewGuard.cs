using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>
/// Inside a helper: keeps requests from what the mounts around it cannot keep them from, which is the helper's own files, and the names that must not come
/// to be (<see cref="HelperView.IsAbsent"/>) with what is above them.
/// </summary>
/// <remarks>
/// What is held is judged by the place that the kernel says it has now. Names can be turned elsewhere by programs in the same sandbox, what is held cannot,
/// and a directory that is held cannot be moved to a place that this refuses: each directory above such a place is a mount there.
/// </remarks>
public sealed class ViewGuard(HelperView view) : IPlaceGuard
{
    private static readonly UnixPath _proc = UnixPath.FromText("/proc");

    /// <inheritdoc/>
    public FileOutcome MayRead(SafeFileHandle held) => TryLocate(held, out var place) ? Read(place) : FileOutcome.Failed(Errno.ENOENT);

    /// <inheritdoc/>
    public FileOutcome MayChange(SafeFileHandle held) => TryLocate(held, out var place) ? Change(place) : FileOutcome.Failed(Errno.ENOENT);

    /// <inheritdoc/>
    public FileOutcome MayMake(SafeFileHandle directory, ReadOnlySpan<byte> name) =>
        TryLocate(directory, name, out var place) ? Change(place) : FileOutcome.Failed(Errno.ENOENT);

    /// <inheritdoc/>
    public FileOutcome MayTake(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        if (!TryLocate(directory, name, out var place))
        {
            return FileOutcome.Failed(Errno.ENOENT);
        }

        var outcome = Change(place);
        if (!outcome.Succeeded || !view.IsAboveAbsent(place))
        {
            return outcome;
        }

        // As the kernel says it of a mount point; that nothing may be changed there at all comes first.
        return Libc.AccessWrite(directory, ".\0"u8) < 0 ? FileOutcome.LastError : FileOutcome.Failed(Errno.EBUSY);
    }

    /// <summary>Why a path leads to nothing here: what it names is denied, or lies below a name that must not come to be. Success when neither is so.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="changes">Whether something was to be changed there: only that is refused below such a name, as it is on a read-only file system.</param>
    public FileOutcome WhyNothing(byte[] path, bool changes)
    {
        var named = UnixPath.FromBytes(path);
        for (var above = named; !above.IsRoot;)
        {
            above = above.Parent;
            using var held = Libc.OpenAt(Libc.NoDirectory, above.ToCString(), Libc.O_PATH | Libc.O_DIRECTORY);
            if (!held.IsInvalid)
            {
                if (!TryLocate(held, out var place))
                {
                    return default;
                }

                var meant = place.Combine(named.Raw[above.Raw.Length..].TrimStart('/'));
                return view.AccessTo(meant) == SandboxAccess.Deny ? FileOutcome.Failed(Errno.EACCES)
                    : changes && view.IsAbsent(meant) ? FileOutcome.Failed(Errno.EROFS)
                    : default;
            }
        }

        return default;
    }

    // What may only be read is the mounts' matter. What is denied they show as a device that cannot be opened: told apart here.
    private FileOutcome Read(UnixPath place)
    {
        var access = place.IsAtOrBelow(PrivateBind.Place) ? SandboxAccess.None : view.AccessTo(place);
        return access == SandboxAccess.None ? FileOutcome.Failed(Errno.ENOENT)
            : access == SandboxAccess.Deny ? FileOutcome.Failed(Errno.EACCES)
            : default;
    }

    private FileOutcome Change(UnixPath place) =>
        place.IsAtOrBelow(_proc) ? FileOutcome.Failed(Errno.EACCES) // its own memory among others
        : view.IsAbsent(place) ? FileOutcome.Failed(Errno.EROFS)
        : Read(place);

    private static bool TryLocate(SafeFileHandle held, out UnixPath place)
    {
        var isHere = LinuxFiles.TryLocate(held, out var path);
        place = isHere ? UnixPath.FromBytes(path) : UnixPath.Root;
        return isHere;
    }

    private static bool TryLocate(SafeFileHandle directory, ReadOnlySpan<byte> name, out UnixPath place)
    {
        var isHere = TryLocate(directory, out place);
        if (isHere && !name.SequenceEqual(".\0"u8))
        {
            place = place.Child(System.Text.Encoding.Latin1.GetString(name[..^1]));
        }

        return isHere;
    }
}
