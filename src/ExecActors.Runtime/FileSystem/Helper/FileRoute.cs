using ExecActors.Protocol;

namespace ExecActors.Runtime.FileSystem;

/// <summary>Where a file request is carried out.</summary>
internal enum FileRoute
{
    /// <summary>By the server itself: the sandbox limits nothing that the method does.</summary>
    Direct,

    /// <summary>By a helper inside the sandbox.</summary>
    Helper,
}

/// <summary>The choice of a <see cref="FileRoute"/>.</summary>
internal static class FileRoutes
{
    /// <summary>Which way a request goes; the reference server's rule (docs/PROTOCOL.md, sandboxed file methods).</summary>
    /// <param name="context">The request's sandbox; null without one.</param>
    /// <param name="changes">
    /// Whether it may change files: <c>writeFile</c>, <c>createDirectory</c>, <c>remove</c>, <c>copy</c>, <c>rename</c>, <c>chmod</c>, and <c>open</c>
    /// for replacing.
    /// </param>
    public static FileRoute Of(SandboxContext? context, bool changes) => context?.Permissions switch
    {
        PermissionProfile.Managed { FileSystem: FileSystemProfile.Restricted restricted } => Of(restricted.Entries, changes),
        _ => FileRoute.Direct,
    };

    private static FileRoute Of(IReadOnlyList<ProfileEntry> entries, bool changes)
    {
        var readsAll = entries.Any(entry => IsRoot(entry) && entry.Access != ProfileAccess.Deny) && !entries.Any(entry => entry.Access == ProfileAccess.Deny);
        var writesAll = readsAll && entries.All(entry => entry.Access == ProfileAccess.Write || (IsRoot(entry) && entry.Access == ProfileAccess.Read))
            && entries.Any(entry => IsRoot(entry) && entry.Access == ProfileAccess.Write);
        return (changes ? writesAll : readsAll) ? FileRoute.Direct : FileRoute.Helper;
    }

    private static bool IsRoot(ProfileEntry entry) =>
        entry.Path is ProfilePath.Special { Kind: SpecialPath.Root } or ProfilePath.Literal { Path: [(byte)'/'] };
}
