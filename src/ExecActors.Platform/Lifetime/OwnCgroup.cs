namespace ExecActors.Platform;

/// <summary>Where this program's cgroup of version 2 is.</summary>
internal static class OwnCgroup
{
    private const string Version2 = "0::";

    /// <summary>The directory of this process's cgroup; null without a mounted hierarchy of version 2, and when it lies outside what is mounted.</summary>
    public static string? Find() => Find(KernelFile.ReadLines("/proc/self/cgroup"), KernelFile.ReadLines("/proc/self/mountinfo"));

    /// <summary>The same from the lines of the two files.</summary>
    public static string? Find(IEnumerable<string> cgroups, IEnumerable<string> mounts)
    {
        var path = cgroups.FirstOrDefault(line => line.StartsWith(Version2, StringComparison.Ordinal))?[Version2.Length..];

        // ID PARENT MAJOR:MINOR ROOT PLACE OPTIONS ... - TYPE SOURCE ...
        var mount = mounts.FirstOrDefault(line => line.Contains(" - cgroup2 ", StringComparison.Ordinal))?.Split(' ');
        if (path is null || mount is null || path.StartsWith("/..", StringComparison.Ordinal))
        {
            return null;
        }

        var (root, place) = (mount[3], mount[4]);
        var below = root.Length > 1 && path.StartsWith(root, StringComparison.Ordinal) ? path[root.Length..] : path;
        return $"{place}{below}".TrimEnd('/') is { Length: > 0 } directory ? directory : "/";
    }
}
