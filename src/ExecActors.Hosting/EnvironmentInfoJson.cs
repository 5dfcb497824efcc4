using System.Buffers;
using System.Reflection;

using ExecActors.Platform;
using ExecActors.Protocol;

namespace ExecActors.Hosting;

/// <summary>The result of environment/info (protocol section 7.1), made once from what does not change while the server runs.</summary>
internal static class EnvironmentInfoJson
{
    private const string Linux = "linux";

    /// <summary>What this server offers, by the names that clients look for; what it lacks is said to be false or left out.</summary>
    private static readonly Dictionary<string, bool> Capabilities = new(StringComparer.Ordinal)
    {
        ["networkProxyLaunch"] = false,
        ["networkProxyReviewDomains"] = false,
        ["networkProxyTransparentTcp"] = false,
        ["credentialMasking"] = false,
        ["credentialMaskingCustomProviders"] = false,
        ["capabilityDiscoverySandbox"] = false,
        ["fsWatchMissing"] = true,
        ["capabilityDiscoveryV2"] = false,
        ["environmentConfigRead"] = false,
        ["httpHeaderEnvVars"] = true,
        ["sandboxedFileStreaming"] = true,
        ["fileWriteStreaming"] = true,
        ["shellSnapshotV2"] = false,
        ["windowsMxc"] = false,
        ["linuxRootWritePreservesDevices"] = true,
        ["linuxApprovedRootWritePreservesRestrictions"] = false,

        // Ours, under new names (docs/PROTOCOL.md).
        ["fsAtomicReplace"] = true,
        ["fsChmod"] = true,
        ["fsRename"] = true,
        ["fsWatch"] = true,
        ["httpCancel"] = true,
        ["processCloseStdin"] = true,
        ["processOutputRetention"] = true,
        ["processReadFirstSeq"] = true,
        ["sessionTakeover"] = true,
    };

    /// <summary>The object as UTF-8.</summary>
    public static ReadOnlyMemory<byte> Of(HostFacts facts)
    {
        var json = new ArrayBufferWriter<byte>(1024);
        WireWriter.EnvironmentInfo(json, From(facts));
        return json.WrittenMemory;
    }

    private static EnvironmentInfo From(HostFacts facts) => new(new ShellInfo(facts.ShellName, facts.ShellPath))
    {
        ExecutorVersion = typeof(EnvironmentInfoJson).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
        ProviderId = facts.ProviderId,
        Cwd = Uri(facts.CurrentDirectory.Path),
        UserHomeDir = facts.HomeDirectory is { } home ? Uri(home) : null,
        PlatformOs = Linux,
        PrependPathDirs = [],
        TemporaryDirectories = [.. facts.TemporaryDirectories.Select(Uri)],
        TempDir = Uri(facts.TemporaryDirectory),
        Capabilities = Capabilities,
    };

    private static string Uri(string path) => PathUri.FromNative(NativeText.ToBytes(path));
}
