using System.Text;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>The names by which local sockets of this machine were bound, in whatever network namespace.</summary>
/// <remarks>A name says where a file was made, as its maker saw it: it may be relative, renamed or removed since, or mean another file system.</remarks>
internal static class SocketNames
{
    private const int MostProcesses = 4_096;
    private const int MostFolders = 256;

    /// <summary>All names that may be paths here; relative ones as seen from the directory of each process of the same namespace that may be asked for it.</summary>
    public static HashSet<UnixPath> Find()
    {
        var absolute = new HashSet<UnixPath>();
        var relative = new Dictionary<ulong, HashSet<string>>();
        var folders = new Dictionary<ulong, HashSet<UnixPath>>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(IsProcess).Take(MostProcesses))
        {
            // The table of each namespace is a file of its own, whichever process leads to it.
            if (Libc.FileIdentity(CString.Of($"{process}/net/unix"), out var table) != 0)
            {
                continue;
            }

            if (!relative.TryGetValue(table.Inode, out var names))
            {
                relative.Add(table.Inode, names = new HashSet<string>(StringComparer.Ordinal));
                folders.Add(table.Inode, []);
                Read($"{process}/net/unix", absolute, names);
            }

            if (names.Count > 0 && folders[table.Inode].Count < MostFolders && Libc.ReadLink(CString.Of($"{process}/cwd")) is [(byte)'/', ..] cwd)
            {
                folders[table.Inode].Add(UnixPath.FromBytes(cwd));
            }
        }

        absolute.UnionWith(
            from table in relative
            from name in table.Value.Take(MostFolders)
            from folder in folders[table.Key]
            select folder.Combine(name));
        return absolute;
    }

    private static bool IsProcess(string path) => char.IsAsciiDigit(path["/proc/".Length]);

    // unix(7): Num RefCount Protocol Flags Type St Inode Path; a path may hold blanks. An abstract name begins with @.
    private static void Read(string table, HashSet<UnixPath> absolute, HashSet<string> relative)
    {
        try
        {
            foreach (var line in File.ReadLines(table, Encoding.Latin1))
            {
                var fields = line.Split(' ', 8, StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length == 8 && fields[7][0] == '/')
                {
                    absolute.Add(UnixPath.FromRaw(fields[7]));
                }
                else if (fields.Length == 8 && fields[7][0] != '@' && !string.Equals(fields[7], "Path", StringComparison.Ordinal))
                {
                    relative.Add(fields[7]);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process has ended; another one of its namespace, if there is one, was asked or will not be: its sockets end with it.
        }
    }
}
