using Akka.Actor;
using Akka.Dispatch;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.FileSystem;

/// <summary>A file request on its way through a worker.</summary>
internal sealed class FileTask(FileRequest request, IFileService service, IActorRef session) : IRunnable
{
    /// <summary>What is asked.</summary>
    public FileRequest Request => request;

    /// <summary>Its place in the session's order.</summary>
    public FileOrder<FileTask>.Turn Turn { get; set; } = null!;

    /// <summary>The open file it uses, once it runs.</summary>
    public OpenFile? File { get; set; }

    /// <summary>Whether it has a large answer, for which the client has to take others first.</summary>
    public bool MustWait =>
        request.Params is FsReadFileParams or FsReadBlockParams or FsReadDirectoryParams or FsWalkParams && request.Ref.Window.MustWait();

    /// <summary>On a worker: performs the request and tells the session, or puts it off.</summary>
    public void Run()
    {
        if (MustWait)
        {
            session.Tell(new FileProtocol.PutOff(this), ActorRefs.NoSender);
            return;
        }

        FileReply reply;
        try
        {
            reply = service.Perform(request, File?.Handle);
        }
        catch (BudgetSpentException)
        {
            reply = FileReply.Failed(request.Ref.Id, Errors.Limit(BudgetSpentException.Key));
        }
        catch (Exception e)
        {
            reply = FileReply.Failed(request.Ref.Id, Errors.Internal($"the file request failed inside the server: {e.Message}"));
        }

        if (reply.IsPutOff)
        {
            session.Tell(new FileProtocol.PutOff(this), ActorRefs.NoSender);
            return;
        }

        request.Ref.Window.Expect(reply.Frame.Length - reply.Expected);
        session.Tell(new FileProtocol.Done(this, reply), ActorRefs.NoSender);
    }

    /// <inheritdoc/>
    public void Execute() => Run();
}

/// <summary>A handle of the attached connection. Used by one request at a time; closed when it is neither known nor in use.</summary>
internal sealed class OpenFile(FileHandle handle)
{
    /// <summary>The file.</summary>
    public FileHandle Handle => handle;

    /// <summary>Whether a worker has it now.</summary>
    public bool IsInUse { get; set; }

    /// <summary>Whether no connection knows it any more.</summary>
    public bool IsOrphan { get; set; }
}
