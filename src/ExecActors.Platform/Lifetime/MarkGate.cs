using System.Collections.Concurrent;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Gives a child its mark before it runs, and knows the children that somebody waits for.</summary>
/// <remarks>
/// A limit is inherited from the whole program, so the program itself carries the child's mark while it forks; hence one gate for the program, however many hosts there
/// are. What other code of an embedding program forks in that instant gets the mark too: it is told apart by its session, which is the program's own. A start
/// that hangs in its exec must not stop all others: they pass beside it and set the mark a moment after.
/// </remarks>
internal static class MarkGate
{
    private static readonly SpawnGate _gate = new(patience: TimeSpan.FromSeconds(1));
    private static readonly ConcurrentDictionary<int, ulong> _known = new();
    private static volatile bool _isInUse;

    /// <summary>What this program has of itself. An outer server's mark, when a marked process runs another server.</summary>
    private static ulong _own;

    /// <summary>Whether this program marks any of its children.</summary>
    public static bool IsInUse => _isInUse;

    /// <summary>From now on starts pass the gate.</summary>
    /// <returns>Whether marks can be set here.</returns>
    public static bool TryUse(ProcessMark sample)
    {
        if (!_gate.TryEnter())
        {
            return false;
        }

        try
        {
            if (!_isInUse)
            {
                _own = Libc.SoftLocks(0) ?? Libc.RLIM_INFINITY;
                _isInUse = Libc.SetSoftLocks(0, sample.Value) == 0 && Libc.SoftLocks(0) == sample.Value;
                _ = Libc.SetSoftLocks(0, _own);
            }

            return _isInUse;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Before a start: the child gets this mark.</summary>
    /// <param name="mark">0 for the program's own; <see cref="Libc.RLIM_INFINITY"/> for none at all.</param>
    /// <returns>To be told of the child, and then left, in any case.</returns>
    public static Pass Enter(ulong mark)
    {
        if (!_isInUse)
        {
            return default;
        }

        var entered = _gate.TryEnter();
        if (entered && mark != 0)
        {
            _ = Libc.SetSoftLocks(0, mark);
        }

        return new Pass(mark, entered);
    }

    /// <summary>A child was reaped.</summary>
    public static void Forget(int pid) => _known.TryRemove(pid, out _);

    /// <summary>Whether the child was started here, so that somebody waits for it.</summary>
    public static bool IsKnown(int pid) => _known.ContainsKey(pid);

    /// <summary>Whether somebody waits for a child with one of these marks.</summary>
    public static bool HasChild(MarkRange marks) => _known.Values.Any(marks.Contains);

    /// <summary>Takes ended children out of the process table that nobody waits for. A child that is just being started is no orphan.</summary>
    public static void Reap(IEnumerable<int> orphans)
    {
        if (!_gate.TryEnter())
        {
            return; // a start hangs; the next time will do
        }

        try
        {
            foreach (var pid in orphans)
            {
                _ = !IsKnown(pid) && Libc.TryReap(pid);
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>One start on its way through the gate.</summary>
    internal readonly struct Pass(ulong mark, bool entered)
    {
        /// <summary>The child is there, and known until <see cref="Forget"/>.</summary>
        /// <returns>0.</returns>
        public int Started(int pid)
        {
            if (!entered && _isInUse)
            {
                _ = Libc.SetSoftLocks(pid, mark == 0 ? _own : mark);
            }

            if (_isInUse)
            {
                _known[pid] = mark;
            }

            return 0;
        }

        /// <summary>Lets the next one in.</summary>
        public void Leave()
        {
            if (!entered)
            {
                return;
            }

            if (mark != 0)
            {
                _ = Libc.SetSoftLocks(0, _own);
            }

            _gate.Exit();
        }
    }
}
