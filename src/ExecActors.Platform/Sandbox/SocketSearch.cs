using System.Collections.Concurrent;
using System.Text;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Finds the files of bound sockets that are not where their names say: bound by a relative name, renamed, or hard-linked.</summary>
/// <remarks>
/// The kernel tells the inode of each file and not its path, so that has to be looked for, within a bound and once for each socket: what was found, and what was
/// looked for in vain, is remembered. Safe from several threads.
/// </remarks>
internal sealed class SocketSearch(int maxEntries)
{
    private const int MostRemembered = 10_000;
    private static readonly UnixPath[] _likely = [UnixPath.FromText("/tmp"), UnixPath.FromText("/var/tmp"), UnixPath.Root];
    private static readonly UnixPath[] _never = [UnixPath.FromText("/proc"), UnixPath.FromText("/sys"), UnixPath.FromText("/dev")];

    private readonly ConcurrentDictionary<(uint Number, uint Inode, uint Links), UnixPath[]> _remembered = [];

    /// <summary>Paths of bound sockets beyond those that are known.</summary>
    /// <param name="known">Socket files that were found by their names.</param>
    /// <param name="nearby">Directories to look into first.</param>
    public IEnumerable<UnixPath> Find(IReadOnlyDictionary<UnixPath, FileFacts> known, IEnumerable<UnixPath> nearby)
    {
        var links = new Dictionary<(ulong Device, uint Inode), uint>();
        foreach (var (path, file) in known)
        {
            links[(file.Device, (uint)file.Inode)] = Math.Max(1, Libc.LinkCount(path.ToCString())); // the rest are its other names
        }

        // With its one name known there is nothing to look for.
        var sockets = Libc.BoundSockets().Where(socket => socket.CanBeReached)
            .Select(socket => (socket.Number, socket.Inode, Links: links.GetValueOrDefault((socket.Device, socket.Inode))))
            .Where(socket => socket.Links != 1).ToArray();
        var unknown = sockets.Where(socket => !_remembered.TryGetValue(socket, out var paths) || !paths.All(path => IsAt(path, socket.Inode))).ToArray();
        if (unknown.Length > 0)
        {
            if (_remembered.Count + unknown.Length > MostRemembered)
            {
                _remembered.Clear();
            }

            var found = Walk(unknown.Select(socket => socket.Inode).ToHashSet(), nearby);
            foreach (var socket in unknown)
            {
                _remembered[socket] = found.TryGetValue(socket.Inode, out var paths) ? [.. paths] : [];
            }
        }

        return sockets.SelectMany(socket => _remembered.TryGetValue(socket, out var paths) ? paths : []);
    }

    private static bool IsAt(UnixPath path, uint inode) =>
        Libc.FileIdentity(path.ToCString(), out var file) == 0 && file.IsSocketOrPipe && (uint)file.Inode == inode;

    // Breadth first: sockets lie near the top more often than deep down.
    private Dictionary<uint, List<UnixPath>> Walk(HashSet<uint> wanted, IEnumerable<UnixPath> nearby)
    {
        var found = new Dictionary<uint, List<UnixPath>>();
        var seen = new HashSet<UnixPath>(_never);
        var left = new Queue<UnixPath>(nearby.Concat(_likely).Where(seen.Add));
        for (var entries = 0; entries < maxEntries && left.TryDequeue(out var directory);)
        {
            foreach (var (name, type) in List(directory, maxEntries - entries))
            {
                entries++;
                var path = directory.Child(name);
                if (type == Libc.DT_DIR)
                {
                    if (seen.Add(path))
                    {
                        left.Enqueue(path);
                    }
                }
                else if (type is Libc.DT_SOCK or Libc.DT_UNKNOWN && Libc.FileIdentity(path.ToCString(), out var file) == 0 && file.IsSocketOrPipe
                    && wanted.Contains((uint)file.Inode))
                {
                    found.TryAdd((uint)file.Inode, []);
                    found[(uint)file.Inode].Add(path);
                }
            }
        }

        return found;
    }

    private static unsafe List<(string Name, byte Type)> List(UnixPath directory, int most)
    {
        var names = new List<(string Name, byte Type)>();
        var stream = Libc.OpenDirectoryStream(directory.ToCString());
        if (stream is null)
        {
            return names;
        }

        try
        {
            while (names.Count < most && Libc.ReadDirectory(stream, out var type) is { } name)
            {
                if (type is Libc.DT_DIR or Libc.DT_SOCK or Libc.DT_UNKNOWN or Libc.DT_REG && name is not ([(byte)'.'] or [(byte)'.', (byte)'.']))
                {
                    names.Add((Encoding.Latin1.GetString(name), type));
                }
            }
        }
        finally
        {
            _ = Libc.CloseDirectory(stream);
        }

        return names;
    }
}
