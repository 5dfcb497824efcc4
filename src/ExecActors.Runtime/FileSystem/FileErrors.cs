using System.Text;

using ExecActors.Platform;
using ExecActors.Protocol;

namespace ExecActors.Runtime.FileSystem;

/// <summary>Outcomes of the operating system as refusals on the wire: section 6 of the contract.</summary>
internal static class FileErrors
{
    // EPERM and EACCES are "permission denied" to the client, EINVAL "invalid input"; both are its own fault.
    private const int EPERM = 1;
    private const int ENOENT = 2;
    private const int EACCES = 13;
    private const int EINVAL = 22;

    private static readonly Dictionary<FileRefusal, RpcError> s_refusals = new()
    {
        [FileRefusal.NotAFileUnfollowed] = Errors.InvalidRequest("path is not a regular file"),
        [FileRefusal.SymbolicLink] = Errors.InvalidRequest("path contains a symbolic link"),
        [FileRefusal.RecursiveUnfollowed] = Errors.Internal("recursive no-follow removal is unsupported"),
        [FileRefusal.DirectoryNeedsRecursive] = Errors.InvalidRequest("fs/copy requires recursive: true when sourcePath is a directory"),
        [FileRefusal.CopyIntoItself] = Errors.InvalidRequest("fs/copy cannot copy a directory to itself or one of its descendants"),
        [FileRefusal.UncopyableKind] = Errors.InvalidRequest("fs/copy only supports regular files, directories, and symlinks"),
        [FileRefusal.ReplacementFailed] =
            Errors.Internal("the file was not replaced, because a write to it failed before; open it again and write all of it"),
        [FileRefusal.TooManyDirectories] = Errors.Limit("limits.watched-directories"),
        [FileRefusal.NoWatchPlaces] = Errors.Limit("limits.watched-directories-of-server"), // whoever knows which bound it was says so
    };

    /// <summary>The refusal for an operation that did not succeed.</summary>
    /// <param name="outcome">Not a success.</param>
    /// <param name="path">The native path that was asked for; shown in one text only.</param>
    public static RpcError Of(FileOutcome outcome, ReadOnlySpan<byte> path)
    {
        if (outcome.Refusal == FileRefusal.NotAFile)
        {
            return Errors.InvalidRequest($"path `{Encoding.UTF8.GetString(path)}` is not a file");
        }

        return s_refusals.TryGetValue(outcome.Refusal, out var refusal) ? refusal : OfErrno(outcome.Errno);
    }

    /// <summary><see cref="Of(FileOutcome, ReadOnlySpan{byte})"/> where no text names the path: a file that is open already.</summary>
    public static RpcError Of(FileOutcome outcome) => Of(outcome, default);

    /// <summary>The refusal for an error of the operating system.</summary>
    public static RpcError OfErrno(int errno)
    {
        var text = OsError.Describe(errno);
        return errno switch
        {
            ENOENT => new RpcError(ErrorCodes.NotFound, text),
            EPERM or EACCES or EINVAL => Errors.InvalidRequest(text),
            _ => Errors.Internal(text),
        };
    }
}
