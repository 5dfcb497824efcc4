using System.Globalization;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>A cgroup that bounds the processes and threads in it (the pids controller, of either version).</summary>
public sealed class PidsCgroup : IDisposable
{
    private const string Mount = "/sys/fs/cgroup";
    private const string Members = "cgroup.procs";
    private readonly string _path;

    private PidsCgroup(string path) => _path = path;

    /// <summary>Processes and threads in it now.</summary>
    public int Current => int.Parse(File.ReadAllText(Path.Combine(_path, "pids.current")), CultureInfo.InvariantCulture);

    /// <summary>Makes one and puts a process into it, with all its threads. What it starts from now on is in it, too.</summary>
    /// <returns>Null where this user may make none.</returns>
    public static PidsCgroup? TryMakeFor(int pid)
    {
        foreach (var parent in Parents())
        {
            var path = Path.Combine(parent, $"execactors-test-{Environment.ProcessId}-{pid}");
            try
            {
                Directory.CreateDirectory(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            if (File.Exists(Path.Combine(path, "pids.max")) && TryMove(pid.ToString(CultureInfo.InvariantCulture), path))
            {
                return new PidsCgroup(path);
            }

            Directory.Delete(path);
        }

        return null;
    }

    /// <summary>Allows no more than so many from now on; those there are stay.</summary>
    /// <param name="most">Null for any number.</param>
    public void Limit(int? most) =>
        File.WriteAllText(Path.Combine(_path, "pids.max"), most?.ToString(CultureInfo.InvariantCulture) ?? "max");

    /// <summary>Puts back what is in it, and removes it.</summary>
    public void Dispose()
    {
        foreach (var pid in File.ReadAllLines(Path.Combine(_path, Members)))
        {
            _ = TryMove(pid, Path.GetDirectoryName(_path)!); // one that has ended meanwhile is in it no more
        }

        Directory.Delete(_path);
    }

    private static bool TryMove(string pid, string group)
    {
        try
        {
            File.WriteAllText(Path.Combine(group, Members), pid);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Lines of /proc/self/cgroup (cgroups(7)): "8:pids:/path" for version 1, "0::/path" for version 2.
    private static IEnumerable<string> Parents()
    {
        foreach (var line in File.ReadAllLines("/proc/self/cgroup"))
        {
            var parts = line.Split(':', 3);
            if (parts[1].Split(',').Contains("pids"))
            {
                yield return Path.Join(Mount, "pids", parts[2]);
            }
            else if (parts[1].Length == 0)
            {
                yield return Path.Join(Mount, parts[2]);
                yield return Path.Join(Mount, Path.GetDirectoryName(parts[2]));
            }
        }
    }
}
