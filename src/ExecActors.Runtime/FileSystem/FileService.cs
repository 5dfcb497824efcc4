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
            FsReadFileParams read => Read(request.Ref, read),
            FsWriteFileParams write => Write(id, write),
            FsOpenParams open => Open(id, open),
            FsReadBlockParams block => ReadBlock(id, block, file!),
            FsWriteBlockParams block => Finish(id, FileTransfer.Check(block) ?? FileTransfer.WriteBlock(file!, block)),
            FsCloseParams => Finish(id, Close(file!)),
            _ => ByPath(request.Ref, request.Params),
        };
    }

    private FileReply Read(in RequestRef request, FsReadFileParams read)
    {
        if (!TryOpen(read, read.Sandbox, out var opened, out var error))
        {
            return FileReply.Failed(request.Id, error);
        }

        using (opened)
        {
            return FileTransfer.ReadAll(opened, request.Id, request.Window, read.MaxBytes);
        }
    }

    private FileReply Write(RequestId id, FsWriteFileParams write)
    {
        if (FileTransfer.Check(write) is { } refusal)
        {
            return FileReply.Failed(id, refusal); // before the file is touched
        }

        if (!TryOpen(write, write.Sandbox, out var opened, out var error))
        {
            return FileReply.Failed(id, error);
        }

        using (opened)
        {
            return Finish(id, FileTransfer.WriteAll(opened, write.DataBase64.Span));
        }
    }

    private FileReply Open(RequestId id, FsOpenParams open)
    {
        if (!OpenFiles.HasRoom)
        {
            return FileReply.Failed(id, FileErrors.Of(FileOutcome.NoDescriptor)); // before anything is emptied
        }

        if (!TryOpen(open, open.Sandbox, out var opened, out var error))
        {
            return FileReply.Failed(id, error);
        }

        using var frame = new FrameBuffer(SmallFrame);
        WireWriter.OpenResult(frame, id, open.HandleId);
        return new FileReply(frame.Take(), opened);
    }

    // What the sandbox decides is the opening; the bytes then go directly.
    private bool TryOpen(object parameters, SandboxContext? sandbox, [NotNullWhen(true)] out FileHandle? opened, out RpcError error)
    {
        IPlaceGuard? guard = null;
        if (sandbox is not null)
        {
            var claim = FileClaims.Of(parameters);
            if (FileRoutes.Of(sandbox, claim) == FileRoute.Helper)
            {
                return sandboxed.TryOpen(parameters, sandbox, out opened, out error);
            }

            guard = FileRoutes.DirectGuard(sandbox, claim);
        }

        return parameters switch
        {
            FsReadFileParams read => FileExecutor.TryOpen(read, out opened, out error, guard),
            FsWriteFileParams write => FileExecutor.TryOpen(write, out opened, out error, guard),
            FsOpenParams open => FileExecutor.TryOpen(open, out opened, out error, guard),
            _ => throw new ArgumentException($"{parameters.GetType().Name} opens no file", nameof(parameters)),
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

    private FileReply ByPath(in RequestRef request, object parameters)
    {
        var id = request.Id;
        using var frame = CountedFrameBuffer.Of(SmallFrame, request.Window.Answers);
        WireWriter.BeginResult(frame, id);
        if (Execute(parameters, SandboxOf(parameters), frame) is { } error)
        {
            return FileReply.Failed(id, error);
        }

        WireWriter.EndResult(frame);
        return new FileReply(frame.Take());
    }

    private RpcError? Execute(object parameters, SandboxContext? sandbox, CountedFrameBuffer frame)
    {
        if (sandbox is null)
        {
            return FileExecutor.Execute(parameters, frame);
        }

        var claim = FileClaims.Of(parameters);
        return FileRoutes.Of(sandbox, claim) == FileRoute.Helper
            ? sandboxed.Execute(parameters, sandbox, frame)
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
