using System.Globalization;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>What this machine has of what a server uses besides sandboxes, and how much of it.</summary>
public static class HostSupport
{
    private const long FewWatches = 65_536;
    private const long FewInstances = 64;
    private const long FewOpenFiles = 4_096;
    private const long LittleSpace = 960L << 20;

    /// <summary>Looks around; nothing is left behind.</summary>
    /// <param name="lifetime">What the server is to do about descendants.</param>
    public static IReadOnlyList<HostFinding> Look(LifetimeOptions lifetime)
    {
        ArgumentNullException.ThrowIfNull(lifetime);
        return [Terminals(), .. LifetimeSupport.Look(lifetime), FileWatches(), OpenFiles(), Space(), Tls()];
    }

    private static HostFinding Terminals()
    {
        const string Remedy = "mount devpts at /dev/pts, or raise kernel.pty.max";
        using var terminal = Libc.PosixOpenPt();
        if (terminal.IsInvalid || Libc.GrantPt(terminal) < 0 || Libc.UnlockPt(terminal) < 0 || Libc.PtsName(terminal, out _) != 0)
        {
            return new HostFinding("terminals", IsEnough: false, $"none can be made: {OsError.Describe(Libc.LastErrno)}", Remedy);
        }

        return new HostFinding("terminals", IsEnough: true, $"{Number("/proc/sys/kernel/pty/nr")} in use of {Number("/proc/sys/kernel/pty/max")}", Remedy: null);
    }

    private static HostFinding FileWatches()
    {
        var watches = Number("/proc/sys/fs/inotify/max_user_watches");
        var instances = Number("/proc/sys/fs/inotify/max_user_instances");
        var detail = $"{watches} watches, {instances} watchers";
        return watches >= FewWatches && instances >= FewInstances
            ? new HostFinding("inotify", IsEnough: true, detail, Remedy: null)
            : new HostFinding("inotify", IsEnough: false, $"{detail}: few", $"sysctl fs.inotify.max_user_watches={FewWatches * 8} fs.inotify.max_user_instances={FewInstances * 8}");
    }

    // A process takes four at most, a connection and an open handle one each.
    private static HostFinding OpenFiles()
    {
        var limit = KernelFile.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = limit?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3] ?? "unknown";
        return !long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count >= FewOpenFiles
            ? new HostFinding("open files", IsEnough: true, soft, Remedy: null)
            : new HostFinding("open files", IsEnough: false, $"{soft}: few", "ulimit -n 65536 (systemd: LimitNOFILE=65536)");
    }

    private static HostFinding Space() => AddressSpace.Limit switch
    {
        null => new HostFinding("address space", IsEnough: true, "unlimited", Remedy: null),
        var limit => new HostFinding(
            "address space",
            IsEnough: limit >= LittleSpace,
            string.Create(CultureInfo.InvariantCulture, $"{limit >> 20} MiB"),
            limit >= LittleSpace ? null : "ulimit -v unlimited; memory itself is bounded by a cgroup (systemd: MemoryMax)"),
    };

    private static HostFinding Tls() => TlsLibrary.Name is { } name
        ? new HostFinding("OpenSSL", IsEnough: true, name, Remedy: null)
        : new HostFinding("OpenSSL", IsEnough: false, "not there: http/request to https, and run --url wss://, are refused", TlsLibrary.Remedy);

    private static long Number(string file) =>
        long.TryParse(KernelFile.ReadLines(file).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}

/// <summary>Something that a server uses, and whether there is enough of it.</summary>
/// <param name="Name">What it is.</param>
/// <param name="IsEnough">Whether a busy server will do with it.</param>
/// <param name="Detail">How much there is, or what is wrong.</param>
/// <param name="Remedy">What to do about it; null when there is enough.</param>
public sealed record HostFinding(string Name, bool IsEnough, string Detail, string? Remedy);
