using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.FileSystem;

/// <summary>Performs file requests in this process, with the server's own rights. It does not look at their sandbox.</summary>
internal sealed class FileService : IFileService
{
    private const int SmallFrame = 256;

    /// <inheritdoc/>
    public FileReply Perform(FileRequest request, FileHandle? file)
    {
        using var payload = request.Payload;
        var id = request.Ref.Id;
        return request.Params switch
        {
            FsReadFileParams read => Read(id, read),
            FsWriteFileParams write => Write(id, write),
            FsOpenParams open => Open(id, open),
            FsReadBlockParams block => ReadBlock(id, block, file!),
            FsWriteBlockParams block => Finish(id, FileTransfer.Check(block) ?? FileTransfer.WriteBlock(file!, block)),
            FsCloseParams => Finish(id, Close(file!)),
            _ => ByPath(id, request.Params),
        };
    }

    private static FileReply Read(RequestId id, FsReadFileParams read)
    {
        if (!FileExecutor.TryOpen(read, out var opened, out var error))
        {
            return FileReply.Failed(id, error);
        }

        using (opened)
        {
            return new FileReply(FileTransfer.ReadAll(opened, id));
        }
    }

    private static FileReply Write(RequestId id, FsWriteFileParams write)
    {
        if (FileTransfer.Check(write) is { } refusal)
        {
            return FileReply.Failed(id, refusal); // before the file is touched
        }

        if (!FileExecutor.TryOpen(write, out var opened, out var error))
        {
            return FileReply.Failed(id, error);
        }

        using (opened)
        {
            return Finish(id, FileTransfer.WriteAll(opened, write.DataBase64.Span));
        }
    }

    private static FileReply Open(RequestId id, FsOpenParams open)
    {
        if (!FileExecutor.TryOpen(open, out var opened, out var error))
        {
            return FileReply.Failed(id, error);
        }

        using var frame = new FrameBuffer(SmallFrame);
        WireWriter.OpenResult(frame, id, open.HandleId);
        return new FileReply(frame.Take(), opened);
    }

    private static FileReply ReadBlock(RequestId id, FsReadBlockParams block, FileHandle file)
    {
        if (FileTransfer.Check(block) is { } refusal)
        {
            return FileReply.Failed(id, refusal);
        }

        var frame = FileTransfer.ReadBlock(file, block, id, out var failed);
        return new FileReply(frame, HandleFailed: failed);
    }

    private static RpcError? Close(FileHandle file)
    {
        using (file)
        {
            var outcome = file.Commit();
            return outcome.Succeeded ? null : FileErrors.Of(outcome);
        }
    }

    private static FileReply ByPath(RequestId id, object parameters)
    {
        using var frame = new FrameBuffer(SmallFrame);
        WireWriter.BeginResult(frame, id);
        if (FileExecutor.Execute(parameters, frame) is { } error)
        {
            return FileReply.Failed(id, error);
        }

        WireWriter.EndResult(frame);
        return new FileReply(frame.Take());
    }

    private static FileReply Finish(RequestId id, RpcError? error) =>
        new(error is { } refusal ? AnswerFrames.Error(id, refusal) : AnswerFrames.Empty(id));
}
