using System.Diagnostics.CodeAnalysis;

using ExecActors.Platform;
using ExecActors.Protocol;

namespace ExecActors.Runtime.FileSystem;

/// <summary>Opening files; what is done with them then is <see cref="FileTransfer"/>'s.</summary>
internal static partial class FileExecutor
{
    /// <summary>Opens the file of a <c>fs/readFile</c>.</summary>
    /// <param name="request">The params.</param>
    /// <param name="handle">The file; the caller disposes it.</param>
    /// <param name="error">Why not.</param>
    /// <param name="guard">Judges the place; null outside of sandboxes.</param>
    public static bool TryOpen(FsReadFileParams request, [NotNullWhen(true)] out FileHandle? handle, out RpcError error, IPlaceGuard? guard = null) =>
        TryTake(LinuxFiles.OpenRead(request.Path, request.FollowSymlinks, out handle, guard), request.Path, handle, out error);

    /// <summary>
    /// Opens or makes the file of a <c>fs/writeFile</c>, whose content is to be checked before: <see cref="FileTransfer.Check(FsWriteFileParams)"/>. What is in
    /// it stays for <see cref="FileTransfer.WriteAll"/> to write over.
    /// </summary>
    /// <inheritdoc cref="TryOpen(FsReadFileParams, out FileHandle?, out RpcError, IPlaceGuard?)"/>
    public static bool TryOpen(FsWriteFileParams request, [NotNullWhen(true)] out FileHandle? handle, out RpcError error, IPlaceGuard? guard = null) =>
        TryTake(LinuxFiles.OpenOverwrite(request.Path, request.FollowSymlinks, out handle, guard), request.Path, handle, out error);

    /// <summary>Opens the file of a <c>fs/open</c>.</summary>
    /// <inheritdoc cref="TryOpen(FsReadFileParams, out FileHandle?, out RpcError, IPlaceGuard?)"/>
    public static bool TryOpen(FsOpenParams request, [NotNullWhen(true)] out FileHandle? handle, out RpcError error, IPlaceGuard? guard = null)
    {
        var outcome = request switch
        {
            { Mode: FsOpenMode.Read } => LinuxFiles.OpenRead(request.Path, followLinks: true, out handle, guard),
            { Atomic: true } => LinuxFiles.OpenAtomicReplace(request.Path, out handle, guard),
            _ => LinuxFiles.OpenReplaceRegular(request.Path, out handle, guard),
        };
        return TryTake(outcome, request.Path, handle, out error);
    }

    private static bool TryTake(FileOutcome outcome, byte[] path, [NotNullWhen(true)] FileHandle? handle, out RpcError error)
    {
        error = handle is null ? FileErrors.Of(outcome, path) : default;
        return handle is not null;
    }
}
