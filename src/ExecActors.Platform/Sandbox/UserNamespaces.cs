namespace ExecActors.Platform;

/// <summary>Whether this user may make user namespaces, as far as the kernel's settings say.</summary>
internal static class UserNamespaces
{
    // Each with the value that forbids them and what to do about it.
    private static readonly (string File, string Forbids, string Remedy)[] _switches =
    [
        ("/proc/sys/user/max_user_namespaces", "0", "sysctl user.max_user_namespaces=10000"),
        ("/proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl kernel.unprivileged_userns_clone=1"),
        (
            "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
            "an AppArmor profile that lets bwrap make user namespaces, or sysctl kernel.apparmor_restrict_unprivileged_userns=0"),
    ];

    /// <summary>Whether a setting of the kernel forbids them.</summary>
    public static bool AreForbidden() => _switches.Any(IsForbidding);

    /// <summary>What would allow them; for a machine on which they cannot be made.</summary>
    public static string Remedy()
    {
        var remedies = _switches.Where(IsForbidding).Select(entry => entry.Remedy).ToArray();
        return remedies.Length > 0
            ? $"allow user namespaces: {string.Join(" and ", remedies)}"
            : "allow user, mount, pid and network namespaces for this user (in a container: run it with a seccomp and AppArmor profile that allows them, and with /proc unmasked)";
    }

    private static bool IsForbidding((string File, string Forbids, string Remedy) entry) =>
        string.Equals(Read(entry.File), entry.Forbids, StringComparison.Ordinal);

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return null; // this kernel has no such switch
        }
    }
}
