using Akka.Actor;
using Akka.Dispatch;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Workers;

namespace ExecActors.Runtime.FileSystem;

/// <summary>
/// A session's file requests: puts them in order, has workers perform them, and keeps the open handles of the attached connection, which end
/// with it.
/// </summary>
/// <remarks>
/// Plain state of the SessionActor, so that a request takes two hops: to a worker, and back as <see cref="FileProtocol.Done"/>. The order outlives
/// an attachment: what an earlier connection asked for and a worker has begun is finished before what has to do with it.
/// </remarks>
/// <param name="service">Performs requests.</param>
/// <param name="workers">The session's share of the threads for it.</param>
/// <param name="session">Told of what is done.</param>
/// <param name="answer">Sends an answer to the attached connection; the frame is its receiver's.</param>
/// <param name="maxHandles">Open handles of one connection.</param>
/// <param name="width">How many requests that were put off have another try at once.</param>
internal sealed class FileDesk(
    IFileService service, SessionWorkers workers, IActorRef session, Action<RequestRef, ByteLease> answer, int maxHandles, int width)
{
    private readonly FileOrder<FileTask> _order = new();
    private readonly Queue<FileOrder<FileTask>.Turn> _ready = new();
    private readonly Queue<FileTask> _putOff = new();
    private readonly List<FileOrder<FileTask>.Turn> _freed = [];
    private readonly Dictionary<string, OpenFile> _handles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _written = new(StringComparer.Ordinal); // the path behind each handle that is or will be open for writing
    private long _epoch;
    private int _opening;

    /// <summary>Whether no request is under way or waits.</summary>
    public bool IsIdle => _order.Count == 0;

    /// <summary>A connection has the session.</summary>
    public void Attach(long epoch) => _epoch = epoch;

    /// <summary>The connection is gone: its handles are closed, and what waited for its turn is dropped when that comes.</summary>
    public void Detach()
    {
        _epoch = 0;
        _opening = 0;
        foreach (var file in _handles.Values)
        {
            Abandon(file);
        }

        _handles.Clear();
        _written.Clear();
        while (_putOff.TryDequeue(out var task))
        {
            Drop(task);
        }

        RunReady();
    }

    /// <summary>Takes a request of the attached connection, which is the desk's with all it owns.</summary>
    public void Take(FileRequest request)
    {
        var task = new FileTask(request, service, session);
        task.Turn = _order.Enter(Claim(request.Params), task);
        if (task.Turn.IsReady)
        {
            _ready.Enqueue(task.Turn);
            RunReady();
        }
    }

    /// <summary>A worker did not begin a request; the attachment has to take answers before.</summary>
    public void OnPutOff(FileTask task)
    {
        if (task.Request.Ref.Epoch != _epoch)
        {
            Drop(task);
            RunReady();
        }
        else if (task.MustWait)
        {
            _putOff.Enqueue(task);
        }
        else
        {
            workers.Run(task); // they were taken meanwhile
        }
    }

    /// <summary>Answers were taken: of what was put off as much has another try as can run at once; the rest follows as those are done.</summary>
    public void RunPutOff()
    {
        for (var left = width; left > 0 && _putOff.TryDequeue(out var task); left--)
        {
            workers.Run(task);
        }
    }

    /// <summary>A worker is done with a request.</summary>
    public void OnDone(FileProtocol.Done done)
    {
        var (task, reply) = done;
        var isCurrent = task.Request.Ref.Epoch == _epoch;
        if (task.Request.Params is FsOpenParams open)
        {
            KeepOpened(open, reply.Opened, isCurrent);
        }
        else if (task.File is { } file)
        {
            file.IsInUse = false;
            if (reply.HandleFailed && isCurrent)
            {
                _handles.Remove(task.Turn.Claim.Handle!);
                _written.Remove(task.Turn.Claim.Handle!);
                file.IsOrphan = true;
            }

            CloseIfDone(file);
        }

        var length = reply.Frame.Length; // the frame is gone afterwards
        answer(task.Request.Ref, reply.Frame);
        task.Request.Ref.Window.Arrive(length);
        Leave(task);
        RunReady();
        if (_putOff.TryPeek(out var next) && !next.MustWait)
        {
            workers.Run(_putOff.Dequeue());
        }
    }

    // A block of a handle changes the file at the path it was opened by; so does its close, if it is an atomic one.
    private FileClaim Claim(object parameters)
    {
        var claim = FileClaims.Of(parameters);
        switch (parameters)
        {
            case FsOpenParams { Mode: FsOpenMode.Replace } open:
                _written[open.HandleId] = open.Path;
                return claim;
            case FsWriteBlockParams when _written.TryGetValue(claim.Handle!, out var path):
                return claim with { Path = path, Changes = true };
            case FsCloseParams when _written.Remove(claim.Handle!, out var path):
                return claim with { Path = path, Changes = true };
            default:
                return claim;
        }
    }

    private void ForgetWriting(FsOpenParams open)
    {
        if (_written.TryGetValue(open.HandleId, out var path) && ReferenceEquals(path, open.Path))
        {
            _written.Remove(open.HandleId);
        }
    }

    private void RunReady()
    {
        while (_ready.TryDequeue(out var turn))
        {
            Run(turn.Job);
        }
    }

    private void Run(FileTask task)
    {
        var request = task.Request;
        if (request.Ref.Epoch != _epoch)
        {
            request.Payload?.Dispose();
            Leave(task);
        }
        else if (Refusal(task) is { } refusal)
        {
            answer(request.Ref, refusal);
            request.Payload?.Dispose();
            Leave(task);
        }
        else
        {
            workers.Run(task);
        }
    }

    // Handles are looked up when the turn has come: a client need not wait for the answer to its open.
    private ByteLease? Refusal(FileTask task)
    {
        var id = task.Request.Ref.Id;
        switch (task.Request.Params)
        {
            case FsOpenParams taken when _handles.ContainsKey(taken.HandleId):
                return AnswerFrames.Error(id, Errors.FileHandleExists(taken.HandleId));
            case FsOpenParams open when _handles.Count + _opening >= maxHandles:
                ForgetWriting(open);
                return AnswerFrames.Error(id, Errors.TooManyFileHandles(maxHandles));
            case FsOpenParams:
                _opening++;
                return null;
            case FsCloseParams close when !_handles.ContainsKey(close.HandleId):
                return AnswerFrames.Empty(id);
            case FsCloseParams close:
                _handles.Remove(close.HandleId, out var closing);
                closing!.IsOrphan = true;
                Use(task, closing);
                return null;
            case FsReadBlockParams or FsWriteBlockParams:
                var handle = task.Turn.Claim.Handle!;
                if (!_handles.TryGetValue(handle, out var file))
                {
                    return AnswerFrames.Error(id, Misuse(task.Request.Params) ?? Errors.UnknownFileHandle(handle));
                }

                Use(task, file);
                return null;
            default:
                return null;
        }
    }

    // What is wrong with a block whatever its handle is said first; for a known one the worker does it.
    private static RpcError? Misuse(object parameters) => parameters switch
    {
        FsReadBlockParams block => FileTransfer.Check(block),
        FsWriteBlockParams block => FileTransfer.Check(block),
        _ => null,
    };

    private static void Use(FileTask task, OpenFile file)
    {
        file.IsInUse = true;
        task.File = file;
    }

    private void KeepOpened(FsOpenParams open, FileHandle? opened, bool isCurrent)
    {
        if (isCurrent)
        {
            _opening--;
        }

        if (opened is null)
        {
            ForgetWriting(open);
            return;
        }

        var file = new OpenFile(opened);
        if (isCurrent)
        {
            _handles.Add(open.HandleId, file);
        }
        else
        {
            Abandon(file);
        }
    }

    private void Abandon(OpenFile file)
    {
        file.IsOrphan = true;
        CloseIfDone(file);
    }

    // Closing may block too.
    private void CloseIfDone(OpenFile file)
    {
        if (file is { IsOrphan: true, IsInUse: false })
        {
            workers.Run(new ActionRunnable(file.Handle.Dispose));
        }
    }

    // Of a connection that is gone.
    private void Drop(FileTask task)
    {
        if (task.File is { } file)
        {
            file.IsInUse = false;
            CloseIfDone(file);
        }

        Leave(task);
    }

    private void Leave(FileTask task)
    {
        _order.Leave(task.Turn, _freed);
        _freed.ForEach(_ready.Enqueue);
        _freed.Clear();
    }
}
