using System.Text;

namespace ExecActors.Platform;

/// <summary>A policy expanded on the file system as it was at one moment: what is seen where, and what must not come to be.</summary>
/// <remarks>
/// Immutable. Holds no file open: between the plan and its use files can be replaced, so a plan is made for each start and compared by
/// <see cref="Key"/> where something that was started is used again.
/// </remarks>
public sealed class MountPlan
{
    private readonly AccessMap _access;

    internal MountPlan(SandboxAccess root, bool keepsDevices, AccessMap access, IReadOnlyList<Mount> mounts, IReadOnlyList<UnixPath> absent)
    {
        RootAccess = root;
        KeepsDevices = keepsDevices;
        Mounts = mounts;
        Absent = absent;
        _access = access;
        Key = MakeKey();
    }

    /// <summary>Equal for equal views: paths, accesses, the files behind them by device and inode, and the absent names.</summary>
    /// <value>A text of some length. The network is no part of it.</value>
    public string Key { get; }

    /// <summary>What may be done where no other entry says so; <see cref="SandboxAccess.None"/> when the view starts out empty.</summary>
    public SandboxAccess RootAccess { get; }

    /// <summary>
    /// Paths that do not exist, lie in writable directories and must not be made: the protected names of writable roots, and what the policy
    /// names for reading or denies. Their directories exist and are free of links. In byte order.
    /// </summary>
    public IReadOnlyList<UnixPath> Absent { get; }

    /// <summary>Whether the host's /dev is left in place; else there is a small one of its own.</summary>
    internal bool KeepsDevices { get; }

    /// <summary>In the order in which they are made: a directory before what lies below it.</summary>
    internal IReadOnlyList<Mount> Mounts { get; }

    /// <summary>Expands a policy. Blocks on the file system.</summary>
    /// <exception cref="SandboxException">The policy cannot be held on the files as they are, or takes more than the limits allow.</exception>
    public static MountPlan Make(SandboxPolicy policy, SandboxLimits limits)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(limits);
        return new MountPlanner(policy, limits).Make();
    }

    /// <summary>What a program may do at a path without links, by this plan: an <see cref="Absent"/> path and all below it can be read at most.</summary>
    public SandboxAccess AccessTo(UnixPath canonical)
    {
        var access = _access.At(canonical);
        return access == SandboxAccess.Write && Absent.Any(canonical.IsAtOrBelow) ? SandboxAccess.Read : access;
    }

    /// <summary>The paths that the policy speaks of, without links, with what may be done there.</summary>
    internal IReadOnlyDictionary<UnixPath, SandboxAccess> Grants => _access.Entries;

    /// <summary>Where mounts keep a program from what it could do without them: those in directories that it may write.</summary>
    internal IReadOnlyList<UnixPath> Walls() =>
        [.. Mounts.Where(mount => _access.Above(mount.Path) == SandboxAccess.Write).Select(mount => mount.Path)];

    /// <summary>Whether something lies below a path that makes it a directory of the sandbox, one that can be entered if nothing else.</summary>
    internal bool LeadsThrough(UnixPath canonical) => Mounts.Any(mount => mount.Path.IsBelow(canonical));

    private string MakeKey()
    {
        var text = new StringBuilder().Append(RootAccess).Append(KeepsDevices ? 'd' : '-').Append('\0');
        foreach (var mount in Mounts)
        {
            text.Append((int)mount.Kind).Append(mount.Path.Raw).Append('\0').Append(mount.Identity).Append('\0').Append(mount.Target).Append('\0');
        }

        foreach (var path in Absent)
        {
            text.Append('!').Append(path.Raw).Append('\0');
        }

        return text.ToString();
    }
}
