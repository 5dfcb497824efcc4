using ExecActors.Platform;

namespace ExecActors.Runtime.FileSystem;

internal sealed class NoFileService : IFileService
{
    public FileReply Perform(FileRequest request, FileHandle? file) => throw new NotSupportedException();
}
