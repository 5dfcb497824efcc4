namespace ExecActors.Platform;

/// <summary>Accesses by path. The nearest path at or above decides; at the same path deny wins over write, and write over read.</summary>
internal sealed class AccessMap
{
    private readonly Dictionary<UnixPath, SandboxAccess> _entries = [];

    /// <summary>The paths that were added, each with what won there.</summary>
    public IReadOnlyDictionary<UnixPath, SandboxAccess> Entries => _entries;

    /// <summary>Adds an entry; a weaker one than is there changes nothing.</summary>
    public void Add(UnixPath path, SandboxAccess access)
    {
        // Read, Write and Deny are numbered by what wins.
        if (!_entries.TryGetValue(path, out var present) || access > present)
        {
            _entries[path] = access;
        }
    }

    /// <summary>What may be done with a path.</summary>
    public SandboxAccess At(UnixPath path) => _entries.TryGetValue(path, out var access) ? access : Above(path);

    /// <summary>What would be allowed at a path without its own entry.</summary>
    public SandboxAccess Above(UnixPath path)
    {
        while (!path.IsRoot)
        {
            path = path.Parent;
            if (_entries.TryGetValue(path, out var access))
            {
                return access;
            }
        }

        return SandboxAccess.None;
    }
}
