using System.Globalization;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>What this machine has of what sandboxes are made of.</summary>
public static class SandboxSupport
{
    private const string KernelRemedy = "boot a kernel built with it";

    /// <summary>What it costs that this program runs as root, for its operator; null when it does not.</summary>
    public static string? RootNotice => Libc.GetEffectiveUid() != 0
        ? null
        : "the server runs as root, so that what it starts without a sandbox may change everything on this machine, and what it starts in one owns "
        + "all files of root that it is shown; run it as a user of its own";

    /// <summary>Looks around; a missing part does not hide the others. Blocks for some 20 milliseconds.</summary>
    public static IReadOnlyList<SandboxFinding> Look(Bubblewrap bubblewrap)
    {
        ArgumentNullException.ThrowIfNull(bubblewrap);
        return [Sandboxes(bubblewrap), UserNamespaceSetting(), SystemCallFilters(), Landlock()];
    }

    private static SandboxFinding Sandboxes(Bubblewrap bubblewrap)
    {
        try
        {
            var works = bubblewrap.Require();
            var how = works.UsesUserNamespace ? "with user namespaces" : "as root, without user namespaces";
            return new SandboxFinding("bubblewrap", IsRequired: true, IsThere: true, $"{works.Version} at {works.Path}, {how}", Remedy: null);
        }
        catch (SandboxException e)
        {
            var (what, remedy) = e.Message.LastIndexOf("; ", StringComparison.Ordinal) is var cut and > 0
                ? (e.Message[..cut], e.Message[(cut + 2)..])
                : (e.Message, "see the message");
            return new SandboxFinding("bubblewrap", IsRequired: true, IsThere: false, what, remedy);
        }
    }

    // Root does without them, so that this alone refuses nothing; whether one can be made, the trial above has found.
    private static SandboxFinding UserNamespaceSetting() =>
        UserNamespaces.AreForbidden()
            ? new SandboxFinding("user namespaces", IsRequired: Libc.GetEffectiveUid() != 0, IsThere: false, "turned off", UserNamespaces.Remedy())
            : new SandboxFinding("user namespaces", IsRequired: Libc.GetEffectiveUid() != 0, IsThere: true, "not turned off", Remedy: null);

    private static SandboxFinding SystemCallFilters() =>
        File.Exists("/proc/sys/kernel/seccomp/actions_avail")
            ? new SandboxFinding("seccomp filters", IsRequired: true, IsThere: true, "in the kernel", Remedy: null)
            : new SandboxFinding("seccomp filters", IsRequired: true, IsThere: false, "not in the kernel", $"{KernelRemedy} (CONFIG_SECCOMP_FILTER)");

    private static SandboxFinding Landlock() =>
        Libc.LandlockAbi() is var version and > 0
            ? new SandboxFinding(
                "Landlock", IsRequired: false, IsThere: true, $"ABI {version.ToString(CultureInfo.InvariantCulture)}", Remedy: null)
            : new SandboxFinding(
                "Landlock", IsRequired: false, IsThere: false, "not in the kernel, or not among its security modules", $"{KernelRemedy}, and with landlock in lsm=");
}

/// <summary>One part of what sandboxes are made of.</summary>
/// <param name="Name">What it is.</param>
/// <param name="IsRequired">Whether no sandbox can be made without it.</param>
/// <param name="IsThere">Whether it works.</param>
/// <param name="Detail">Its version and the like, or what is wrong.</param>
/// <param name="Remedy">What to do about it; null when it works.</param>
public sealed record SandboxFinding(string Name, bool IsRequired, bool IsThere, string Detail, string? Remedy);
