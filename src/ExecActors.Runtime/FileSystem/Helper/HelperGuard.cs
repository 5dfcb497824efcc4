using ExecActors.Platform;
using ExecActors.Protocol;

namespace ExecActors.Runtime.FileSystem;

/// <summary>
/// Inside a helper: keeps requests from what the mounts around it cannot keep them from, which is the helper's own files, and the names that must not come
/// to be (<see cref="HelperView.IsAbsent"/>).
/// </summary>
/// <remarks>
/// It looks at where a path leads before the request is carried out, and for opened files at what was opened after, since a link can be turned elsewhere
/// in between. A request that copies or moves a tree may make names that it does not name itself; where these may be absent ones, it gets a helper with
/// placeholders mounted in their places (<see cref="NeedsPlaceholders"/>).
/// </remarks>
internal sealed class HelperGuard(HelperView view)
{
    private const int ENOENT = 2;
    private const int EACCES = 13;
    private const int EROFS = 30;

    private static readonly UnixPath _proc = UnixPath.FromText("/proc");

    /// <summary>Whether a request is one that only the kernel can keep from making an absent name.</summary>
    /// <param name="parameters">The method's params record.</param>
    /// <param name="absent">The names.</param>
    public static bool NeedsPlaceholders(object parameters, IReadOnlyList<UnixPath> absent) => absent.Count > 0 && parameters switch
    {
        // Wherever links lead it by then, it makes one name, the one it says; a tree moved there brings others only below that.
        FsRenameParams rename => IsPartOfAny(UnixPath.FromBytes(rename.DestinationPath).Name, absent),
        FsCopyParams => true,
        _ => false,
    };

    /// <summary>Why a request is not carried out; null when it may be.</summary>
    public RpcError? Refusal(object parameters) => parameters switch
    {
        FsReadFileParams request => ToRead(request.Path),
        FsGetMetadataParams request => ToRead(request.Path),
        FsCanonicalizeParams request => ToRead(request.Path),
        FsReadDirectoryParams request => ToRead(request.Path),
        FsWalkParams request => ToRead(request.Path),
        FsOpenParams { Mode: FsOpenMode.Read } request => ToRead(request.Path),
        FsOpenParams request => ToChange(request.Path, followsLast: true),
        FsWriteFileParams request => ToChange(request.Path, followsLast: true),
        FsCreateDirectoryParams request => ToChange(request.Path, followsLast: true),
        FsChmodParams request => ToChange(request.Path, followsLast: true),
        FsRemoveParams request => ToChange(request.Path, followsLast: false),
        FsRenameParams request => ToChange(request.SourcePath, followsLast: false) ?? ToChange(request.DestinationPath, followsLast: false),
        FsCopyParams request => Read(Locate(request.SourcePath, followsLast: false)) ?? ToChange(request.DestinationPath, followsLast: true),
        _ => Errors.Internal("the sandboxed file helper does not know the method"),
    };

    /// <summary>Why an opened file is not passed on; null when it may be.</summary>
    public RpcError? Refusal(FileHandle opened, bool changes)
    {
        if (!LinuxFiles.TryLocate(opened.Replacement?.Directory ?? opened.Descriptor, out var path))
        {
            return OfErrno(ENOENT);
        }

        var place = UnixPath.FromBytes(path);
        if (opened.Replacement is { } replacement)
        {
            place = UnixPath.FromBytes([.. path, (byte)'/', .. replacement.Name.Span[..^1]]);
        }

        return changes ? Change(place) : Read(place);
    }

    private RpcError? ToRead(byte[] path) => Read(Locate(path, followsLast: true));

    private RpcError? ToChange(byte[] path, bool followsLast) => Change(Locate(path, followsLast));

    // What may only be read is the mounts' matter. What is denied they show as a device that cannot be opened: told apart here.
    private RpcError? Read(UnixPath place)
    {
        var access = place.IsAtOrBelow(PrivateBind.Place) ? SandboxAccess.None : view.AccessTo(place);
        return access == SandboxAccess.None ? OfErrno(ENOENT) : access == SandboxAccess.Deny ? OfErrno(EACCES) : null;
    }

    private RpcError? Change(UnixPath place) =>
        place.IsAtOrBelow(_proc) ? OfErrno(EACCES) // its own memory among others
        : view.IsAbsent(place) ? OfErrno(EROFS)
        : Read(place);

    /// <summary>Where a path leads as far as it exists; the rest is as it was named.</summary>
    private static UnixPath Locate(byte[] path, bool followsLast)
    {
        if (followsLast && LinuxFiles.Canonicalize(path, out var canonical).Succeeded)
        {
            return UnixPath.FromBytes(canonical);
        }

        var named = UnixPath.FromBytes(path);
        for (var above = named; !above.IsRoot;)
        {
            above = above.Parent;
            if (LinuxFiles.Canonicalize(above.ToBytes(), out canonical).Succeeded)
            {
                var rest = named.Raw[above.Raw.Length..].TrimStart('/');
                return UnixPath.FromBytes(canonical).Combine(rest);
            }
        }

        return named;
    }

    private static bool IsPartOfAny(string name, IReadOnlyList<UnixPath> absent) =>
        absent.Any(path => path.Raw.Split('/').Contains(name, StringComparer.Ordinal));

    private static RpcError OfErrno(int errno) => FileErrors.OfErrno(errno);
}
