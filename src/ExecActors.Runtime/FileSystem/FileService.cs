using System.Diagnostics.CodeAnalysis;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.FileSystem;

/// <summary>Performs file requests: in this process with the server's own rights, or inside the request's sandbox where that limits it.</summary>
/// <param name="sandboxed">For requests that a sandbox limits.</param>
internal sealed class FileService(SandboxedFiles sandboxed) : IFileService
{
    private const int SmallFrame = 256;

    /// <inheritdoc/>
    public FileReply Perform(FileRequest request, FileHandle? file)
    {
        using var payload = request.Payload;
        var id = request.Ref.Id;
        return request.Params switch
        {
            FsReadFileParams read => Read(request, read),
            FsWriteFileParams write => Write(request, write),
            FsOpenParams open => Open(request, open),
            FsReadBlockParams block => ReadBlock(id, block, file!),
            FsWriteBlockParams block => Finish(id, FileTransfer.Check(block) ?? FileTransfer.WriteBlock(file!, block)),
            FsCloseParams => Finish(id, Close(file!)),
            _ => ByPath(request),
        };
    }

    private FileReply Read(FileRequest request, FsReadFileParams read)
    {
        if (!TryOpen(request, read.Sandbox, out var opened, out var error))
        {
            return FileReply.Failed(request.Ref.Id, error);
        }

        using (opened)
        {
            return FileTransfer.ReadAll(opened, request.Ref.Id, request.Ref.Window, read.MaxBytes);
        }
    }

    private FileReply Write(FileRequest request, FsWriteFileParams write)
    {
        var id = request.Ref.Id;
        if (FileTransfer.Check(write) is { } refusal)
        {
            return FileReply.Failed(id, refusal); // before the file is touched
        }

        if (!TryOpen(request, write.Sandbox, out var opened, out var error))
        {
            return FileReply.Failed(id, error);
        }

        using (opened)
        {
            return Finish(id, FileTransfer.WriteAll(opened, write.DataBase64.Span));
        }
    }

    private FileReply Open(FileRequest request, FsOpenParams open)
    {
        var id = request.Ref.Id;
        if (!OpenFiles.HasRoom)
        {
            return FileReply.Failed(id, FileErrors.Of(FileOutcome.NoDescriptor)); // before anything is emptied
        }

        if (!TryOpen(request, open.Sandbox, out var opened, out var error))
        {
            return FileReply.Failed(id, error);
        }

        using var frame = new FrameBuffer(SmallFrame);
        WireWriter.OpenResult(frame, id, open.HandleId);
        return new FileReply(frame.Take(), opened);
    }

    // What the sandbox decides is the opening; the bytes then go directly.
    private bool TryOpen(FileRequest request, SandboxContext? sandbox, [NotNullWhen(true)] out FileHandle? opened, out RpcError error)
    {
        var parameters = request.Params;
        IPlaceGuard? guard = null;
        if (sandbox is not null)
        {
            var claim = FileClaims.Of(parameters);
            if (FileRoutes.Of(sandbox, claim) == FileRoute.Helper)
            {
                return sandboxed.TryOpen(parameters, sandbox, request.User, out opened, out error);
            }

            guard = FileRoutes.DirectGuard(sandbox, claim);
        }

        return parameters switch
        {
            FsReadFileParams read => FileExecutor.TryOpen(read, out opened, out error, guard),
            FsWriteFileParams write => FileExecutor.TryOpen(write, out opened, out error, guard),
            FsOpenParams open => FileExecutor.TryOpen(open, out opened, out error, guard),
            _ => throw new ArgumentException($"{parameters.GetType().Name} opens no file", nameof(request)),
        };
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

    private FileReply ByPath(FileRequest request)
    {
        var id = request.Ref.Id;
        using var frame = CountedFrameBuffer.Of(SmallFrame, request.Ref.Window.Answers);
        WireWriter.BeginResult(frame, id);
        if (Execute(request, SandboxOf(request.Params), frame) is { } error)
        {
            return FileReply.Failed(id, error);
        }

        WireWriter.EndResult(frame);
        return new FileReply(frame.Take());
    }

    private RpcError? Execute(FileRequest request, SandboxContext? sandbox, CountedFrameBuffer frame)
    {
        var parameters = request.Params;
        if (sandbox is null)
        {
            return FileExecutor.Execute(parameters, frame);
        }

        var claim = FileClaims.Of(parameters);
        return FileRoutes.Of(sandbox, claim) == FileRoute.Helper
            ? sandboxed.Execute(parameters, sandbox, request.User, frame)
            : FileExecutor.Execute(parameters, frame, FileRoutes.DirectGuard(sandbox, claim));
    }

    private static SandboxContext? SandboxOf(object parameters) => parameters switch
    {
        FsGetMetadataParams metadata => metadata.Sandbox,
        FsCanonicalizeParams canonicalize => canonicalize.Sandbox,
        FsReadDirectoryParams list => list.Sandbox,
        FsWalkParams walk => walk.Sandbox,
        FsCreateDirectoryParams create => create.Sandbox,
        FsRemoveParams remove => remove.Sandbox,
        FsCopyParams copy => copy.Sandbox,
        FsRenameParams rename => rename.Sandbox,
        FsChmodParams mode => mode.Sandbox,
        _ => throw new ArgumentException($"{parameters.GetType().Name} are no params of a path method", nameof(parameters)),
    };

    private static FileReply Finish(RequestId id, RpcError? error) =>
        new(error is { } refusal ? AnswerFrames.Error(id, refusal) : AnswerFrames.Empty(id));
}
