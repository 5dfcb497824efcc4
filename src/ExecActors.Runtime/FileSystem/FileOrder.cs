namespace ExecActors.Runtime.FileSystem;

/// <summary>
/// The order of one session's file requests: requests for the same handle run one after the other, and a request that changes a path runs
/// after those before it, and before those behind it, that have to do with that path. All others run at once.
/// </summary>
/// <remarks>
/// A client that does not wait for the answer to createDirectory before it writes a file in there is served as by a server that takes one
/// request at a time. Plain state of one actor.
/// </remarks>
/// <typeparam name="T">What runs when its turn has come.</typeparam>
internal sealed class FileOrder<T>
{
    private readonly LinkedList<Turn> _paths = new(); // unfinished, in order of arrival
    private readonly Dictionary<string, Turn> _handles = new(StringComparer.Ordinal); // the last of each
    private int _changing;

    /// <summary>Requests that have entered and not left.</summary>
    public int Count { get; private set; }

    /// <summary>A request arrived. It may run when <see cref="Turn.IsReady"/>, else when <see cref="Leave"/> names it.</summary>
    public Turn Enter(in FileClaim claim, T job)
    {
        var turn = new Turn(claim, job);
        Count++;
        if (claim.Handle is { } handle)
        {
            if (_handles.TryGetValue(handle, out var before))
            {
                turn.WaitFor(before);
            }

            _handles[handle] = turn;
        }

        if (claim.Path is not null)
        {
            EnterPath(turn);
        }

        return turn;
    }

    /// <summary>A request is done; adds those whose turn has come by it.</summary>
    public void Leave(Turn turn, ICollection<Turn> ready)
    {
        Count--;
        if (turn.Place is { } place)
        {
            _paths.Remove(place);
            _changing -= turn.Claim.Changes ? 1 : 0;
        }

        if (turn.Claim.Handle is { } handle && ReferenceEquals(_handles[handle], turn))
        {
            _handles.Remove(handle);
        }

        turn.Release(ready);
    }

    private void EnterPath(Turn turn)
    {
        if (_changing > 0 || turn.Claim.Changes)
        {
            foreach (var before in _paths)
            {
                if ((before.Claim.Changes || turn.Claim.Changes) && FileClaim.Meet(before.Claim, turn.Claim))
                {
                    turn.WaitFor(before);
                }
            }
        }

        turn.Place = _paths.AddLast(turn);
        _changing += turn.Claim.Changes ? 1 : 0;
    }

    /// <summary>One request's place in the order.</summary>
    internal sealed class Turn(FileClaim claim, T job)
    {
        private List<Turn>? _behind;
        private int _waitsFor;

        /// <summary>What it touches.</summary>
        public FileClaim Claim => claim;

        /// <summary>What runs.</summary>
        public T Job => job;

        /// <summary>Whether nothing before it is in its way.</summary>
        public bool IsReady => _waitsFor == 0;

        /// <summary>Where it stands among those with paths.</summary>
        internal LinkedListNode<Turn>? Place { get; set; }

        internal void WaitFor(Turn before)
        {
            (before._behind ??= []).Add(this);
            _waitsFor++;
        }

        internal void Release(ICollection<Turn> ready)
        {
            foreach (var turn in _behind ?? [])
            {
                turn._waitsFor--;
                if (turn.IsReady)
                {
                    ready.Add(turn);
                }
            }
        }
    }
}
