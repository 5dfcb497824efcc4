using System.Buffers;

using ExecActors.Platform;
using ExecActors.Protocol;

namespace ExecActors.Runtime.FileSystem;

/// <summary><c>fs/walk</c>.</summary>
internal static partial class FileExecutor
{
    private const int MostDepth = 64;
    private const int MostDirectories = 10_000;
    private const int MostEntries = 50_000;

    private static RpcError? Walk(FsWalkParams request, IBufferWriter<byte> result, IPlaceGuard? guard)
    {
        var options = request.Options;
        if (options.MaxDirectories == 0 || options.MaxEntries == 0)
        {
            return Errors.WalkLimitsZero;
        }

        if (options.MaxDepth > MostDepth || options.MaxDirectories > MostDirectories || options.MaxEntries > MostEntries)
        {
            return Errors.WalkLimitsExceeded;
        }

        var limits = new WalkLimits(
            (int)options.MaxDepth,
            (int)options.MaxDirectories,
            (int)options.MaxEntries,
            options.FollowDirectorySymlinks,
            options.PruneHiddenDirectories);
        var outcome = LinuxFiles.Walk(request.Path, limits, out var walk, guard);
        if (!outcome.Succeeded)
        {
            return FileErrors.Of(outcome, request.Path);
        }

        Write(walk, result);
        return null;
    }

    private static void Write(WalkResult walk, IBufferWriter<byte> result)
    {
        WireWriter.BeginFsEntries(result);
        for (var index = 0; index < walk.Entries.Count; index++)
        {
            WireWriter.FsWalkEntry(result, index == 0, walk.Entries[index].Path, walk.Entries[index].IsDirectory);
        }

        WireWriter.BeginFsWalkErrors(result);
        for (var index = 0; index < walk.Errors.Count; index++)
        {
            WireWriter.FsWalkError(result, index == 0, walk.Errors[index].Path, OsError.Describe(walk.Errors[index].Errno));
        }

        WireWriter.EndFsWalk(result, walk.Truncated);
    }
}
