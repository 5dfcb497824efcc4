using System.Text;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.FileSystem;

namespace ExecActors.Runtime.Tests.FileSystem;

public sealed class FileErrorsTests
{
    [Theory]
    [InlineData(1, ErrorCodes.InvalidRequest, "Operation not permitted (os error 1)")]
    [InlineData(2, ErrorCodes.NotFound, "No such file or directory (os error 2)")]
    [InlineData(5, ErrorCodes.InternalError, "Input/output error (os error 5)")]
    [InlineData(9, ErrorCodes.InternalError, "Bad file descriptor (os error 9)")]
    [InlineData(13, ErrorCodes.InvalidRequest, "Permission denied (os error 13)")]
    [InlineData(17, ErrorCodes.InternalError, "File exists (os error 17)")]
    [InlineData(20, ErrorCodes.InternalError, "Not a directory (os error 20)")]
    [InlineData(21, ErrorCodes.InternalError, "Is a directory (os error 21)")]
    [InlineData(22, ErrorCodes.InvalidRequest, "Invalid argument (os error 22)")]
    [InlineData(28, ErrorCodes.InternalError, "No space left on device (os error 28)")]
    [InlineData(30, ErrorCodes.InternalError, "Read-only file system (os error 30)")]
    [InlineData(36, ErrorCodes.InternalError, "File name too long (os error 36)")]
    [InlineData(39, ErrorCodes.InternalError, "Directory not empty (os error 39)")]
    [InlineData(40, ErrorCodes.InternalError, "Too many levels of symbolic links (os error 40)")]
    public void An_errno_has_the_code_of_its_kind_and_its_number_in_the_text(int errno, int code, string message) =>
        Assert.Equal(new RpcError(code, message), FileErrors.Of(new FileOutcome(errno, FileRefusal.None)));

    [Theory]
    [InlineData(FileRefusal.NotAFile, ErrorCodes.InvalidRequest, "path `/a/\uFFFD b` is not a file")]
    [InlineData(FileRefusal.NotAFileUnfollowed, ErrorCodes.InvalidRequest, "path is not a regular file")]
    [InlineData(FileRefusal.SymbolicLink, ErrorCodes.InvalidRequest, "path contains a symbolic link")]
    [InlineData(FileRefusal.RecursiveUnfollowed, ErrorCodes.InternalError, "recursive no-follow removal is unsupported")]
    [InlineData(FileRefusal.DirectoryNeedsRecursive, ErrorCodes.InvalidRequest, "fs/copy requires recursive: true when sourcePath is a directory")]
    [InlineData(FileRefusal.CopyIntoItself, ErrorCodes.InvalidRequest, "fs/copy cannot copy a directory to itself or one of its descendants")]
    [InlineData(FileRefusal.UncopyableKind, ErrorCodes.InvalidRequest, "fs/copy only supports regular files, directories, and symlinks")]
    [InlineData(FileRefusal.ReplacementFailed, ErrorCodes.InternalError, "the file was not replaced, because a write to it failed before; open it again and write all of it")]
    [InlineData(FileRefusal.TooManyDirectories, ErrorCodes.LimitReached, "limit reached: limits.watched-directories")]
    public void A_broken_rule_has_its_own_words(FileRefusal refusal, int code, string message)
    {
        byte[] path = [.. "/a/"u8, 0xFF, .. Encoding.ASCII.GetBytes(" b")];

        Assert.Equal(new RpcError(code, message), FileErrors.Of(new FileOutcome(0, refusal), path));
    }

    [Fact]
    public void Every_rule_has_words() =>
        Assert.All(Enum.GetValues<FileRefusal>().Skip(1), refusal => Assert.DoesNotContain("os error", FileErrors.Of(new FileOutcome(0, refusal)).Message, StringComparison.Ordinal));
}
