using ExecActors.Platform;
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

    /// <summary>
    /// As <see cref="Of(SandboxContext?, bool)"/>, but that a change of the machine's own state goes through a helper, where a process of the same profile
    /// has a sandbox: in that it is read-only. May block on the file system.
    /// </summary>
    public static FileRoute Of(SandboxContext? context, FileClaim claim) =>
        Of(context, claim.Changes) == FileRoute.Helper || (claim.Changes && ConfinesProcesses(context) && (IsMachines(claim.Path) || IsMachines(claim.OtherPath)))
            ? FileRoute.Helper
            : FileRoute.Direct;

    /// <summary>
    /// Judges a request that goes <see cref="FileRoute.Direct"/>: the route was chosen by where its path led, and a program may have turned a link since.
    /// </summary>
    /// <param name="context">The request's sandbox; null without one.</param>
    /// <param name="claim">What it touches.</param>
    /// <returns>Null where there is nothing to be judged.</returns>
    public static IPlaceGuard? DirectGuard(SandboxContext? context, FileClaim claim) =>
        claim.Changes && ConfinesProcesses(context) ? MachineGuard.Instance : null;

    // What limits the files of processes has decided already; what is left limits their network.
    private static bool ConfinesProcesses(SandboxContext? context) =>
        context?.Permissions is PermissionProfile.Managed { Network: NetworkAccess.Restricted } or PermissionProfile.External { Network: NetworkAccess.Restricted };

    private static bool IsMachines(byte[]? path) => path is not null && MachineState.Holds(path);

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
