using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.FileSystem;

/// <content>
/// Watches on trees. One batch of changes is under way at a time: the next is read when the connection has taken the last, and until then the
/// watch keeps them, and says so when it could not keep all.
/// </content>
internal sealed partial class WatchActor
{
    private const int EMFILE = 24;
    private const int ENOSPC = 28;

    private readonly Dictionary<ulong, Tree> _trees = [];
    private readonly Queue<Tree?> _told = new(); // whose notifications are not admitted, in order; null for one on missing paths

    private void OnWatch(RequestRef request, FsWatchParams asked)
    {
        if (FileRoutes.Of(asked.Sandbox, changes: false) != FileRoute.Direct)
        {
            Refuse(request, Errors.InvalidRequest(
                "fs/watch with a sandbox that limits what may be read is not served; watch without one, or look with fs/readDirectory"));
            return;
        }

        if (_trees.ContainsKey(asked.WatchId))
        {
            Refuse(request, Errors.InvalidRequest($"watch {asked.WatchId} already exists"));
            return;
        }

        if (_trees.Count >= _environment.Limits.WatchesPerConnection)
        {
            Refuse(request, Errors.Limit("limits.watches-per-connection"));
            return;
        }

        var tree = new Tree(asked.WatchId);
        _trees.Add(asked.WatchId, tree);
        var self = Self;
        Run(() =>
        {
            var outcome = _environment.Watcher.WatchTree(
                asked.Path, asked.Recursive, _environment.Limits.WatchedDirectories, _environment.Places, () => self.Tell(new TreeReady(tree)), out var watch);
            tree.Cell.SetUp(watch);
            self.Tell(new TreeSetUp(request, asked.Path, tree, outcome));
        });
    }

    private void OnTreeSetUp(TreeSetUp done)
    {
        if (!done.Outcome.Succeeded)
        {
            if (_trees.GetValueOrDefault(done.Tree.Id) == done.Tree)
            {
                _trees.Remove(done.Tree.Id); // else it was given up, and the id is another's
            }

            Refuse(done.Request, WhyNot(done));
            return;
        }

        Answer(done.Request, AnswerFrames.Empty(done.Request.Id));
        Arm(done.Tree);
    }

    private RpcError WhyNot(TreeSetUp failed) => failed.Outcome.Errno switch
    {
        _ when failed.Outcome.Refusal == FileRefusal.NoWatchPlaces => Errors.Limit(_environment.Places.Key),
        EMFILE => Errors.Internal(
            "fs/watch needs an inotify instance, and this machine has no more for the server's user; end other watchers or raise fs.inotify.max_user_instances"),
        ENOSPC => Errors.Internal(
            "fs/watch needs an inotify watch for each directory, and this machine has no more for the server's user; watch fewer or raise fs.inotify.max_user_watches"),
        _ => FileErrors.Of(failed.Outcome, failed.Path),
    };

    private void OnUnwatch(RequestRef request, FsUnwatchParams asked)
    {
        if (_trees.Remove(asked.WatchId, out var tree))
        {
            tree.Cell.Close();
        }

        Answer(request, AnswerFrames.Empty(request.Id));
    }

    private void ReadTree(Tree tree)
    {
        if (tree.Cell.BeginUse())
        {
            var self = Self;
            Run(() =>
            {
                var changes = tree.Cell.Watch!.Read();
                tree.Cell.EndUse();
                self.Tell(new TreeRead(tree, changes));
            });
        }
    }

    private void OnTreeRead(TreeRead read)
    {
        var (tree, changes) = read;
        if (tree.Cell.IsClosed)
        {
            return;
        }

        if (changes.Changes.Count > 0 || changes.Overflow || changes.Ended)
        {
            TellChanges(tree, changes);
        }
        else
        {
            Arm(tree);
        }

        if (changes.Ended)
        {
            _trees.Remove(tree.Id);
            tree.Cell.Close();
        }
    }

    private static void Arm(Tree tree)
    {
        if (!tree.Cell.IsClosed)
        {
            tree.Cell.Watch!.Arm();
        }
    }

    private void TellChanges(Tree tree, TreeChanges batch)
    {
        using var frame = new FrameBuffer(256);
        WireWriter.BeginChanged(frame, tree.Id);
        var first = true;
        foreach (var change in batch.Changes)
        {
            WireWriter.Change(frame, first, change.Path, NameOf(change.Kind));
            first = false;
        }

        WireWriter.EndChanged(frame, batch.Overflow);
        _told.Enqueue(tree);
        Tell(frame);
    }

    private void OnAdmitted()
    {
        if (_told.TryDequeue(out var told) && told is { } tree)
        {
            Arm(tree);
        }
    }

    private void Refuse(in RequestRef request, RpcError error) => Answer(request, AnswerFrames.Error(request.Id, error));

    private static ReadOnlySpan<byte> NameOf(FileChangeKind kind) => kind switch
    {
        FileChangeKind.Created => "created"u8,
        FileChangeKind.Modified => "modified"u8,
        FileChangeKind.Removed => "removed"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null),
    };

    /// <summary>One watch on a tree.</summary>
    private sealed class Tree(ulong id)
    {
        public ulong Id => id;

        public WatchCell<ITreeWatch> Cell { get; } = new();
    }

    private sealed record TreeSetUp(RequestRef Request, byte[] Path, Tree Tree, FileOutcome Outcome) : INoSerializationVerificationNeeded;

    private sealed record TreeReady(Tree Tree) : INoSerializationVerificationNeeded;

    private sealed record TreeRead(Tree Tree, TreeChanges Changes) : INoSerializationVerificationNeeded;
}
