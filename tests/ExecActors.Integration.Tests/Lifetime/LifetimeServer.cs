namespace ExecActors.Integration.Tests.Lifetime;

/// <summary>A server of a test's own with a way to hold what descends from its processes.</summary>
public static class LifetimeServer
{
    /// <summary>What is allowed between the kill of a server and the end of all descendants.</summary>
    public static TimeSpan Allowed { get; } = TimeSpan.FromSeconds(3);

    /// <summary>Starts one.</summary>
    /// <param name="lifetime">What is set in <c>execactors.lifetime</c>.</param>
    /// <param name="more">Further settings.</param>
    public static async Task<ServerProcess> StartAsync(string lifetime, string more = "")
    {
        var file = Path.Combine(ServerUnderTest.Home, $"{Guid.NewGuid():N}.conf");
        await File.WriteAllTextAsync(file, $"execactors.lifetime {{ {lifetime} }}\n{more}");
        return await ServerProcess.StartAsync(["--config", file]);
    }

    /// <summary>A sandbox object under which everything is readable.</summary>
    public static JObject ReadOnlySandbox() => new()
    {
        ["permissions"] = new JObject
        {
            ["type"] = "managed",
            ["file_system"] = new JObject
            {
                ["type"] = "restricted",
                ["entries"] = new JArray(new JObject
                {
                    ["path"] = new JObject { ["type"] = "special", ["value"] = new JObject { ["kind"] = "root" } },
                    ["access"] = "read",
                }),
            },
            ["network"] = "restricted",
        },
        ["cwd"] = "file:///tmp",
        ["workspaceRoots"] = new JArray("file:///tmp"),
        ["windowsSandboxLevel"] = "disabled",
    };
}
