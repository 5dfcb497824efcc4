namespace ExecActors.Integration.Tests.Replay;

/// <summary>Compares what a server says of its host: the members and the kinds of value, not the host.</summary>
public static class EnvironmentInfoComparer
{
    /// <summary>What this version does not serve, and so must not announce as true.</summary>
    private static readonly HashSet<string> NotServed =
    [
        "networkProxyLaunch", "networkProxyReviewDomains", "networkProxyTransparentTcp", "credentialMasking", "credentialMaskingCustomProviders", "capabilityDiscoverySandbox",
        "capabilityDiscoveryV2", "environmentConfigRead", "shellSnapshotV2", "windowsMxc", "linuxApprovedRootWritePreservesRestrictions",
    ];

    /// <summary>What it serves as the reference server does.</summary>
    private static readonly string[] Served =
        ["fsWatchMissing", "httpHeaderEnvVars", "sandboxedFileStreaming", "fileWriteStreaming", "linuxRootWritePreservesDevices"];

    /// <summary>Compares two <c>environmentInfo</c> objects.</summary>
    public static void Compare(JObject recorded, JObject actual)
    {
        Assert.Equal(recorded.Properties().Select(member => member.Name), actual.Properties().Select(member => member.Name));
        foreach (var (name, value) in recorded)
        {
            Assert.Equal(value!.Type, actual[name]!.Type);
        }

        Assert.Equal(["name", "path"], ((JObject)actual["shell"]!).Properties().Select(member => member.Name));
        Assert.Contains((string)actual["shell"]!["name"]!, (IEnumerable<string>)["bash", "zsh", "sh", "powershell", "cmd"]);
        Assert.NotEqual("", (string?)actual["executorVersion"]);
        Assert.Matches("^sha256:[0-9a-f]{64}$", (string)actual["providerId"]!);
        Assert.Equal("linux", (string?)actual["platformOs"]);
        foreach (var uri in new[] { actual["cwd"]!, actual["userHomeDir"]!, actual["tempDir"]! }.Concat(actual["prependPathDirs"]!).Concat(actual["temporaryDirectories"]!))
        {
            Assert.StartsWith("file:///", (string?)uri, StringComparison.Ordinal);
        }

        CompareCapabilities((JObject)recorded["capabilities"]!, (JObject)actual["capabilities"]!);
    }

    private static void CompareCapabilities(JObject recorded, JObject actual)
    {
        if (ServerUnderTest.IsReference)
        {
            Assert.Equal(recorded, actual, JToken.EqualityComparer);
            return;
        }

        Differences.Use("capabilities");
        Assert.All(Served, name => Assert.True((bool?)actual[name], $"{name} is served, but not announced"));

        // In the recorded order; an older recording lacks some.
        var names = recorded.Properties().Select(capability => capability.Name).ToList();
        Assert.Equal(names, actual.Properties().Select(capability => capability.Name).Where(names.Contains));
        foreach (var capability in actual.Properties())
        {
            Assert.Equal(JTokenType.Boolean, capability.Value.Type);
            Assert.False((bool)capability.Value && NotServed.Contains(capability.Name), $"{capability.Name} is announced, but not served");
        }
    }
}
