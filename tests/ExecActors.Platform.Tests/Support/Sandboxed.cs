using System.Text;

namespace ExecActors.Platform.Tests;

/// <summary>Short forms of policies, and runs under them.</summary>
internal static class Sandboxed
{
    public static SandboxEntry Read(string path) => new(UnixPath.FromText(path), SandboxAccess.Read);

    public static SandboxEntry Write(string path) => new(UnixPath.FromText(path), SandboxAccess.Write);

    public static SandboxEntry Deny(string path) => new(UnixPath.FromText(path), SandboxAccess.Deny);

    /// <summary>No network, and of the files what the entries say.</summary>
    public static SandboxPolicy Policy(params SandboxEntry[] entries) => new() { RestrictsFiles = true, RestrictsNetwork = true, Entries = entries };

    /// <summary>What programs need to run, besides the entries.</summary>
    public static SandboxPolicy Minimal(params SandboxEntry[] entries) =>
        Policy([.. SandboxPolicy.Platform.Select(path => new SandboxEntry(path, SandboxAccess.Read, SkipIfMissing: true)), .. entries]);

    /// <summary>Everything is readable, and the folder writable.</summary>
    public static SandboxPolicy Workspace(string folder) => Policy(Read("/"), Write(folder));

    public static SandboxPolicy WithGlob(this SandboxPolicy policy, string pattern, SandboxAccess access = SandboxAccess.Deny) =>
        policy with { Globs = [.. policy.Globs, new SandboxGlob(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(pattern)), access)] };

    public static MountPlan Plan(this SandboxPolicy policy) => MountPlan.Make(policy, new SandboxLimits());

    public static ProcessSpec Under(this ProcessSpec spec, SandboxPolicy? policy) => spec with { Sandbox = policy };

    /// <summary>Runs a shell script in a folder, to its end and that of its streams.</summary>
    public static Task<TestChild> ShellAsync(IProcessHost host, SandboxPolicy? policy, string cwd, string script) =>
        TestChild.RunAsync(host, Spec.Shell(script).In(cwd).Under(policy));

    /// <summary>What a shell script prints in a folder, both outputs in one, without the last newline.</summary>
    public static async Task<string> SayAsync(IProcessHost host, SandboxPolicy? policy, string cwd, string script) =>
        (await ShellAsync(host, policy, cwd, $"exec 2>&1\n{script}")).Stdout.TrimEnd('\n');
}
