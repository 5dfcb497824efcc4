using System.Globalization;
using System.Text;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Ways to programs outside that a sandbox is kept from: a socket file or a pipe on a read-only mount can still be connected to or written.</summary>
/// <remarks>
/// Always: the diagnostic ports of .NET programs, this one's among them where it was asked to have one, through which a program of the same user can be made to load code.
/// Without the network: every other socket file too; a network namespace keeps only abstract sockets apart, and a filter cannot read addresses.
/// </remarks>
public sealed class HostSockets
{
    private const int Limit = 1_000;
    private static readonly UnixPath Run = UnixPath.FromText("/run");
    private static readonly UnixPath Dev = UnixPath.FromText("/dev");

    private readonly List<string> _words;

    private HostSockets(List<string> words) => _words = words;

    /// <summary>Nothing is covered.</summary>
    public static HostSockets None { get; } = new([]);

    /// <summary>
    /// Finds what the plan shows of them. Without the network /run is covered as a whole, where services keep theirs (its links stay, for they may
    /// lead to programs), unless the policy speaks of it or the program begins there; a socket file bound later elsewhere is not covered.
    /// </summary>
    /// <exception cref="SandboxException">There are more than 1,000.</exception>
    public static HostSockets Find(MountPlan plan, UnixPath cwd, bool restrictsNetwork) =>
        Find(plan, cwd, restrictsNetwork, new SocketSearch(new SandboxLimits().SocketScanEntries));

    /// <inheritdoc cref="Find(MountPlan, UnixPath, bool)"/>
    /// <param name="plan">What the sandbox shows.</param>
    /// <param name="cwd">Where the program begins.</param>
    /// <param name="restrictsNetwork">Whether it has no network.</param>
    /// <param name="search">Finds those that are not where their names say.</param>
    internal static HostSockets Find(MountPlan plan, UnixPath cwd, bool restrictsNetwork, SocketSearch search)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var words = new List<string>();
        var resolver = new PathResolver();
        var coversRun = restrictsNetwork && plan.AccessTo(Run) == SandboxAccess.Read && !cwd.IsAtOrBelow(Run) && !plan.Mounts.Any(mount => mount.Path.IsAtOrBelow(Run))
            && resolver.Look(Run) is { IsDirectory: true };
        if (coversRun)
        {
            CoverRun(words, resolver);
        }

        var all = new Dictionary<UnixPath, FileFacts>();
        var names = restrictsNetwork ? SocketNames.Find() : [];
        AddFiles(all, names.Concat(DiagnosticPorts.Find()), resolver);
        if (restrictsNetwork)
        {
            var writable = plan.Grants.Where(grant => grant.Value == SandboxAccess.Write && !grant.Key.IsRoot).Select(grant => grant.Key);
            AddFiles(all, search.Find(all, [.. names.Select(name => name.Parent).Distinct().Where(path => !path.IsRoot), cwd, .. writable]), resolver);
        }

        var found = all.Keys.Where(path => IsShown(plan, path) && !(coversRun && path.IsAtOrBelow(Run))).ToHashSet();
        if (found.Count > Limit)
        {
            throw new SandboxException(
                $"the host has {found.Count.ToString(CultureInfo.InvariantCulture)} socket files that a sandbox without network would have to be kept from, "
                + "which is too many; set sandbox.deny-unix-sockets, or give read access to fewer directories");
        }

        foreach (var path in found)
        {
            words.AddRange(["--ro-bind", "/dev/null", path.Raw]);
        }

        return new HostSockets(words);
    }

    internal void AddTo(List<string> words) => words.AddRange(_words);

    private static void AddFiles(Dictionary<UnixPath, FileFacts> files, IEnumerable<UnixPath> paths, PathResolver resolver)
    {
        foreach (var path in paths)
        {
            var resolved = resolver.Resolve(path);
            if (resolved.Identity is { IsSocketOrPipe: true } file)
            {
                files[resolved.Canonical] = file;
            }
        }
    }

    private static bool IsShown(MountPlan plan, UnixPath path) =>
        plan.AccessTo(path) is SandboxAccess.Read or SandboxAccess.Write && (plan.KeepsDevices || !path.IsBelow(Dev));

    private static void CoverRun(List<string> words, PathResolver resolver)
    {
        words.AddRange(["--tmpfs", Run.Raw]);
        foreach (var name in Directory.EnumerateFileSystemEntries(Run.Raw).Select(entry => Path.GetFileName(entry)))
        {
            var path = UnixPath.FromText($"/run/{name}");
            if (resolver.Look(path) is { IsLink: true } && Libc.ReadLink(path.ToCString()) is { } target)
            {
                words.AddRange(["--symlink", Encoding.Latin1.GetString(target), path.Raw]);
            }
        }

        words.AddRange(["--remount-ro", Run.Raw]);
    }
}
