using Akka.Actor;
using Akka.Dispatch;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

using static ExecActors.Runtime.FileSystem.WatchProtocol;

namespace ExecActors.Runtime.FileSystem;

/// <summary>The watches of one attached connection: the one for missing paths, and those on trees.</summary>
/// <remarks>
/// Parent: the SessionActor, which makes it at the first watch of an attachment and stops it at the attachment's end; all watches end then.
/// Children: none. Supervision: a failure stops it, and its watches with it. Behaviours: one. Timers: none.
/// Owns: the watches. They are set up and read on the session's workers; what the kernel tells comes from the reactor's thread as a message.
/// </remarks>
internal sealed partial class WatchActor : ActorBase
{
    private const int MostMissing = 64;

    private readonly WatchEnvironment _environment;
    private readonly long _epoch;
    private readonly HashSet<MissingWatch> _settingUp = [];
    private MissingWatch? _missing;
    private ulong? _lastMissingId;

    /// <summary>Called by Akka; use <see cref="Props"/>.</summary>
    public WatchActor(WatchEnvironment environment, long epoch)
    {
        _environment = environment;
        _epoch = epoch;
    }

    /// <summary>The watches of one attachment.</summary>
    /// <param name="environment">What they need.</param>
    /// <param name="epoch">The attachment.</param>
    public static Props Props(WatchEnvironment environment, long epoch) =>
        ActorProducer.PropsOf(() => new WatchActor(environment, epoch));

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <inheritdoc/>
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case Request request:
                OnRequest(request);
                return true;
            case MissingSetUp setUp:
                OnMissingSetUp(setUp);
                return true;
            case MissingFired fired:
                OnMissingFired(fired);
                return true;
            case TreeSetUp setUp:
                OnTreeSetUp(setUp);
                return true;
            case TreeReady ready:
                ReadTree(ready.Tree);
                return true;
            case TreeRead read:
                OnTreeRead(read);
                return true;
            case ServiceProtocol.Admitted:
                OnAdmitted();
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        foreach (var watch in _settingUp.Append(_missing))
        {
            watch?.Cell.Close();
        }

        foreach (var tree in _trees.Values)
        {
            tree.Cell.Close();
        }
    }

    private void OnRequest(Request request)
    {
        switch (request.Params)
        {
            case FsWatchMissingParams missing:
                OnWatchMissing(request.Ref, missing);
                break;
            case FsWatchParams watch:
                OnWatch(request.Ref, watch);
                break;
            case FsUnwatchParams unwatch:
                OnUnwatch(request.Ref, unwatch);
                break;
            default:
                throw new InvalidOperationException($"{request.Params.GetType().Name} are no params of a watch");
        }
    }

    private void OnWatchMissing(RequestRef request, FsWatchMissingParams asked)
    {
        if (asked.WatchId <= _lastMissingId)
        {
            AnswerWatching(request, watching: false);
            return;
        }

        // It takes the place of the earlier one, even when nothing can be watched.
        _lastMissingId = asked.WatchId;
        _missing?.Cell.Close();
        _missing = null;
        if (asked.NamesForeignPath || asked.Missing.Count is 0 or > MostMissing)
        {
            AnswerWatching(request, watching: false);
            return;
        }

        var self = Self;
        var watch = new MissingWatch(asked.WatchId);
        _settingUp.Add(watch);
        Run(() =>
        {
            watch.Cell.SetUp(_environment.Watcher.WatchMissing(asked.Missing, asked.Present, _environment.Places, () => self.Tell(new MissingFired(watch))));
            self.Tell(new MissingSetUp(request, watch));
        });
    }

    private void OnMissingSetUp(MissingSetUp done)
    {
        var watch = done.Missing;
        _settingUp.Remove(watch);
        AnswerWatching(done.Request, watching: watch.Cell.Watch is not null);
        if (watch.Cell.Watch is null)
        {
            return;
        }

        if (watch.Id < _lastMissingId)
        {
            watch.Cell.Close(); // another one has taken its place meanwhile
            return;
        }

        _missing = watch;
        if (watch.HasFired)
        {
            TellMissing(watch);
        }
    }

    // It may fire before its request is answered, and is told behind the answer.
    private void OnMissingFired(MissingFired fired)
    {
        fired.Missing.HasFired = true;
        if (ReferenceEquals(_missing, fired.Missing))
        {
            TellMissing(fired.Missing);
        }
    }

    private void TellMissing(MissingWatch watch)
    {
        watch.Cell.Close();
        _missing = null;
        _told.Enqueue(null);
        using var frame = new FrameBuffer(128);
        WireWriter.MissingChanged(frame, watch.Id);
        Tell(frame);
    }

    private void Run(Action setUp) => _environment.Workers.Run(new ActionRunnable(setUp));

    private void Tell(FrameBuffer frame)
    {
        var lease = frame.Take();
        Context.Parent.Tell(new Changed(_epoch, lease, lease.Length), Self);
    }

    private void AnswerWatching(in RequestRef request, bool watching)
    {
        using var frame = new FrameBuffer(128);
        WireWriter.WatchMissingResult(frame, request.Id, watching);
        Answer(request, frame.Take());
    }

    private void Answer(in RequestRef request, ByteLease frame) => Context.Parent.Tell(ServiceProtocol.Answer.To(request, frame), Self);

    /// <summary>The state of one watch on missing paths; its actor's alone.</summary>
    private sealed class MissingWatch(ulong id)
    {
        public ulong Id => id;

        public WatchCell<IDisposable> Cell { get; } = new();

        public bool HasFired { get; set; }
    }

    private sealed record MissingSetUp(RequestRef Request, MissingWatch Missing) : INoSerializationVerificationNeeded;

    private sealed record MissingFired(MissingWatch Missing) : INoSerializationVerificationNeeded;
}
