using System.Globalization;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Makes one <see cref="MountPlan"/>. Used once.</summary>
internal sealed class MountPlanner(SandboxPolicy policy, SandboxLimits limits)
{
    private static readonly UnixPath Proc = UnixPath.FromText("/proc");
    private static readonly UnixPath Dev = UnixPath.FromText("/dev");

    private readonly PathResolver _resolver = new();
    private readonly AccessMap _access = new();
    private readonly List<(SandboxEntry Entry, ResolvedPath Resolved)> _found = [];
    private readonly Dictionary<UnixPath, FileFacts> _files = [];
    private readonly SortedSet<UnixPath> _absent = new(UnixPath.ByteOrder);
    // Where nothing can be written, the machine's state cannot be either.
    private readonly IReadOnlyList<UnixPath> _machine =
        policy.RestrictsFiles && !policy.Entries.Any(entry => entry.Access == SandboxAccess.Write) ? [] : MachineMounts.Find();

    public MountPlan Make()
    {
        if (!policy.RestrictsFiles)
        {
            _access.Add(UnixPath.Root, SandboxAccess.Write);
            KeepMachine();
            return new MountPlan(SandboxAccess.Write, keepsDevices: true, _access, Mounts(), []);
        }

        foreach (var entry in policy.Entries)
        {
            Add(entry);
        }

        NarrowByPatterns();
        KeepMachine();
        var root = _access.At(UnixPath.Root);
        ProtectNames(root);
        HoldAbsentEntries();
        RefuseMovableLinks();
        var mounts = Mounts();
        if (mounts.Count + _absent.Count > limits.Mounts)
        {
            throw new SandboxException(
                $"the sandbox policy takes {(mounts.Count + _absent.Count).ToString(CultureInfo.InvariantCulture)} mounts, of which "
                + $"{limits.Mounts.ToString(CultureInfo.InvariantCulture)} are allowed (sandbox.mounts); use fewer entries, or patterns with fewer hits");
        }

        var keepsDevices = root == SandboxAccess.Write && mounts.All(KeepsDevices);
        return new MountPlan(root, keepsDevices, _access, mounts, [.. _absent]);
    }

    private void Add(SandboxEntry entry)
    {
        var resolved = _resolver.Resolve(entry.Path);

        // /proc is always the sandbox's own; paths below it mean other processes inside than they do here.
        if (resolved.Canonical.IsAtOrBelow(Proc) && entry.Access != SandboxAccess.Deny)
        {
            return;
        }

        if (resolved.Identity is { } placeholder && Placeholders.IsOne(resolved.Canonical, placeholder))
        {
            _files.TryAdd(resolved.Canonical, placeholder);
            resolved = resolved with { Identity = null, FirstMissing = resolved.Canonical };
        }

        _found.Add((entry, resolved));
        if (resolved.Identity is { } identity)
        {
            var isMachines = entry.Access == SandboxAccess.Write && _machine.Any(resolved.Canonical.IsAtOrBelow);
            _access.Add(resolved.Canonical, isMachines ? SandboxAccess.Read : entry.Access);
            _files.TryAdd(resolved.Canonical, identity);
        }
    }

    // A pattern only takes away: what it finds is denied, or read-only where it could be written.
    private void NarrowByPatterns()
    {
        if (policy.Globs.Count == 0)
        {
            return;
        }

        var scan = new GlobScan(_resolver, limits.GlobScanEntries, policy.GlobScanMaxDepth, limits.Mounts);
        var hits = new List<(UnixPath Path, SandboxAccess Access)>();
        foreach (var glob in policy.Globs.Where(glob => glob.Access is SandboxAccess.Deny or SandboxAccess.Read))
        {
            hits.AddRange(scan.Find(glob.Pattern).Select(path => (path, glob.Access)));
        }

        foreach (var (path, access) in hits)
        {
            // A link that matches gives away what it leads to.
            var resolved = _resolver.Resolve(path);
            if (resolved.Identity is { } identity && (access == SandboxAccess.Deny || _access.At(resolved.Canonical) == SandboxAccess.Write))
            {
                _access.Add(resolved.Canonical, access);
                _files.TryAdd(resolved.Canonical, identity);
            }
        }
    }

    // The machine's own state is nobody's to grant: whoever may write what it lies in may read it.
    private void KeepMachine()
    {
        foreach (var path in _machine)
        {
            if (_access.At(path) == SandboxAccess.Write && _resolver.Look(path) is { } identity)
            {
                _access.Add(path, SandboxAccess.Read);
                _files.TryAdd(path, identity);
            }
        }
    }

    private void ProtectNames(SandboxAccess root)
    {
        if (root == SandboxAccess.Write)
        {
            return; // who may write everything may write these
        }

        var named = _found.Select(found => found.Entry.Path).ToHashSet();
        var writable = _access.Entries
            .Where(entry => entry.Value == SandboxAccess.Write && _files[entry.Key].IsDirectory && !SandboxPolicy.IsProtectedName(entry.Key.Name))
            .Select(entry => entry.Key)
            .ToArray();
        foreach (var path in writable.SelectMany(directory => SandboxPolicy.ProtectedNames.Select(directory.Child)))
        {
            var identity = _resolver.Look(path);
            if (identity is null || Placeholders.IsOne(path, identity.Value))
            {
                _absent.Add(path);
            }
            else if (identity.Value.IsLink)
            {
                if (!named.Contains(path))
                {
                    throw Unprotectable(path, path);
                }
            }
            else if (!_access.Entries.ContainsKey(path))
            {
                _access.Add(path, SandboxAccess.Read);
                _files.TryAdd(path, identity.Value);
            }
        }
    }

    private void HoldAbsentEntries()
    {
        foreach (var (entry, resolved) in _found)
        {
            if (resolved.FirstMissing is not { } missing || entry.Access is not (SandboxAccess.Read or SandboxAccess.Deny))
            {
                continue;
            }

            var canBeMade = _access.At(missing.Parent) == SandboxAccess.Write && _resolver.Look(missing.Parent)?.IsDirectory == true;
            if (canBeMade && !entry.SkipIfMissing && _resolver.Look(missing) is not { IsLink: true })
            {
                _absent.Add(missing);
            }
            else if (!canBeMade && _files.ContainsKey(missing))
            {
                _access.Add(missing, entry.Access); // what looks like a placeholder, where no server makes one
            }
        }
    }

    // A link in a directory that programs may write can be pointed elsewhere by them: what the policy says of its target would then say
    // nothing of the path that it names, or grant what a program chose.
    private void RefuseMovableLinks()
    {
        foreach (var (entry, resolved) in _found)
        {
            var movable = resolved.Links.FirstOrDefault(link => _access.At(link.Location.Parent) == SandboxAccess.Write);
            if (movable.Target is null || resolved.Identity is null || _access.Above(resolved.Canonical) == entry.Access || IsNamedDirectly(resolved))
            {
                continue;
            }

            throw Unprotectable(entry.Path, movable.Location);
        }
    }

    private bool IsNamedDirectly(ResolvedPath target) =>
        _found.Any(other => other.Resolved.Links.Count == 0 && other.Resolved.Canonical == target.Canonical);

    private List<Mount> Mounts()
    {
        var mounts = new SortedDictionary<UnixPath, Mount>(UnixPath.ByteOrder);
        foreach (var (path, access) in _access.Entries)
        {
            if (Kind(path, access) is { } kind)
            {
                var file = _files[path];
                mounts.Add(path, new Mount(kind, path, Mount.Identify(file)));
            }
        }

        HoldBetween(mounts);
        foreach (var link in _found.Where(found => found.Resolved.Identity is not null).SelectMany(found => found.Resolved.Links))
        {
            // Elsewhere the link itself is seen.
            if (_access.At(link.Location.Parent) is SandboxAccess.None or SandboxAccess.Deny)
            {
                mounts.TryAdd(link.Location, new Mount(MountKind.Link, link.Location, Target: link.Target));
            }
        }

        return [.. mounts.Values.Select(mount => mount.Kind == MountKind.HiddenDirectory && mounts.Keys.Any(path => path.IsBelow(mount.Path))
            ? mount with { Kind = MountKind.HiddenParent }
            : mount)];
    }

    // A directory that holds a mount can be renamed, and something else made in its place; one that is a mount itself cannot. So each directory that can be
    // written and leads to a mount, or to a name that must not be made, is one, too.
    private void HoldBetween(SortedDictionary<UnixPath, Mount> mounts)
    {
        foreach (var path in mounts.Keys.Concat(_absent).ToArray())
        {
            for (var above = path.Parent; _access.At(above) == SandboxAccess.Write && !above.IsRoot && !above.IsAtOrBelow(Dev) && !mounts.ContainsKey(above); above = above.Parent)
            {
                var directory = _resolver.Look(above) is { IsDirectory: true } found ? found : throw SandboxException.Outdated(above);
                mounts.Add(above, new Mount(MountKind.ReadWrite, above, Mount.Identify(directory)));
            }
        }
    }

    private bool KeepsDevices(Mount mount) => _machine.Contains(mount.Path) || (mount.Kind == MountKind.ReadWrite && !mount.Path.IsBelow(Dev));

    private MountKind? Kind(UnixPath path, SandboxAccess access)
    {
        if (path.IsRoot || (path == Dev && access != SandboxAccess.Deny))
        {
            return null;
        }

        // A writable root inside another one is a mount all the same, so that it keeps its place, unless everything may be written, where no name is protected.
        var isNested = access == SandboxAccess.Write && _access.At(UnixPath.Root) != SandboxAccess.Write && _files[path].IsDirectory;
        if (access == _access.Above(path) && !path.IsBelow(Dev) && !isNested)
        {
            return null;
        }

        if (access == SandboxAccess.Deny)
        {
            return _files[path].IsDirectory ? MountKind.HiddenDirectory : MountKind.HiddenFile;
        }

        return access == SandboxAccess.Write ? MountKind.ReadWrite : MountKind.ReadOnly;
    }

    private static SandboxException Unprotectable(UnixPath path, UnixPath link) => new(
        $"the sandbox cannot hold {path} to its policy: {link} is a symbolic link in a directory that the policy lets programs write; "
        + "replace the link by what it leads to, or name its target in the policy");
}
