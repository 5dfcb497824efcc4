using System.Buffers;

using ExecActors.Platform;
using ExecActors.Protocol;

namespace ExecActors.Runtime.FileSystem;

/// <summary>
/// Performs one file request whose params are decoded. It knows no actor, no session and no sandbox, and so runs on the server's blocking workers and
/// inside the sandboxed helper alike. Every call may block.
/// </summary>
internal static partial class FileExecutor
{
    /// <summary>Performs a method that needs a path and carries no payload: createDirectory, getMetadata, canonicalize, readDirectory, walk, remove, copy, rename, chmod.</summary>
    /// <param name="parameters">The method's params record. Its sandbox is not looked at: whoever calls has seen to it.</param>
    /// <param name="result">Receives the value of <c>result</c>. What is in it after a failure means nothing.</param>
    /// <param name="guard">Judges each place; null outside of sandboxes.</param>
    /// <returns>The refusal, or null.</returns>
    /// <exception cref="ArgumentException">The record is none of these methods'.</exception>
    public static RpcError? Execute(object parameters, IBufferWriter<byte> result, IPlaceGuard? guard = null) => parameters switch
    {
        FsGetMetadataParams request => GetMetadata(request, result, guard),
        FsCanonicalizeParams request => Canonicalize(request, result, guard),
        FsReadDirectoryParams request => ReadDirectory(request, result, guard),
        FsWalkParams request => Walk(request, result, guard),
        FsCreateDirectoryParams request => Done(
            LinuxFiles.CreateDirectory(request.Path, request.Recursive, request.FollowSymlinks, guard), request.Path, result),
        FsRemoveParams request => Done(
            LinuxFiles.Remove(request.Path, request.Recursive, request.Force, request.FollowSymlinks, guard), request.Path, result),
        FsCopyParams request => Done(LinuxFiles.Copy(request.SourcePath, request.DestinationPath, request.Recursive, guard), request.SourcePath, result),
        FsRenameParams request => Done(LinuxFiles.Rename(request.SourcePath, request.DestinationPath, request.Replace, guard), request.SourcePath, result),
        FsChmodParams request => Done(LinuxFiles.ChangeMode(request.Path, request.Mode, request.FollowSymlinks, guard), request.Path, result),
        _ => throw new ArgumentException($"{parameters.GetType().Name} is not executed here", nameof(parameters)),
    };

    private static RpcError? GetMetadata(FsGetMetadataParams request, IBufferWriter<byte> result, IPlaceGuard? guard)
    {
        var outcome = LinuxFiles.GetMetadata(request.Path, request.FollowSymlinks, out var found, guard);
        if (!outcome.Succeeded)
        {
            return FileErrors.Of(outcome, request.Path);
        }

        WireWriter.FsMetadata(
            result, found.IsDirectory, found.IsFile, found.IsSymbolicLink, found.Size, found.CreatedAtMs, found.ModifiedAtMs);
        return null;
    }

    private static RpcError? Canonicalize(FsCanonicalizeParams request, IBufferWriter<byte> result, IPlaceGuard? guard)
    {
        var outcome = LinuxFiles.Canonicalize(request.Path, out var path, guard);
        if (!outcome.Succeeded)
        {
            return FileErrors.Of(outcome, request.Path);
        }

        WireWriter.FsPath(result, path);
        return null;
    }

    private static RpcError? ReadDirectory(FsReadDirectoryParams request, IBufferWriter<byte> result, IPlaceGuard? guard)
    {
        var outcome = LinuxFiles.OpenDirectory(request.Path, out var listing, guard);
        using var closesListing = listing;
        if (listing is null)
        {
            return FileErrors.Of(outcome, request.Path);
        }

        WireWriter.BeginFsEntries(result);
        for (var first = true; listing.MoveNext(); first = false)
        {
            WireWriter.FsDirectoryEntry(result, first, listing.Name, listing.IsDirectory, listing.IsFile);
        }

        WireWriter.EndFsDirectory(result);
        return listing.Outcome.Succeeded ? null : FileErrors.Of(listing.Outcome, request.Path);
    }

    private static RpcError? Done(FileOutcome outcome, byte[] path, IBufferWriter<byte> result)
    {
        if (!outcome.Succeeded)
        {
            return FileErrors.Of(outcome, path);
        }

        result.Write("{}"u8);
        return null;
    }
}
