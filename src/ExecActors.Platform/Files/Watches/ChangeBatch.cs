namespace ExecActors.Platform;

/// <summary>Changes while they are collected: one for each path.</summary>
internal sealed class ChangeBatch
{
    /// <summary>A tree moved in may hold any number of files; behind these, the reader has to look for itself.</summary>
    private const int MostChanges = 16 * 1024;

    private readonly Dictionary<byte[], int> _places = new(PathComparer.Instance);
    private readonly List<FileChange> _changes = [];

    /// <summary>Whether something was lost.</summary>
    public bool Overflow { get; set; }

    /// <summary>How many paths have changed.</summary>
    public int Count => _changes.Count;

    /// <summary>Notes what happened to a path. What was created stays that while it is modified.</summary>
    public void Add(byte[] path, FileChangeKind kind)
    {
        if (!_places.TryGetValue(path, out var place))
        {
            if (_changes.Count == MostChanges)
            {
                Overflow = true;
                return;
            }

            _places.Add(path, _changes.Count);
            _changes.Add(new FileChange(path, kind));
        }
        else if (kind != FileChangeKind.Modified || _changes[place].Kind != FileChangeKind.Created)
        {
            _changes[place] = new FileChange(path, kind);
        }
    }

    /// <summary>The batch as it is now.</summary>
    public TreeChanges Finish(bool ended) => new(_changes, Overflow, ended);
}
