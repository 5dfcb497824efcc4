using System.Diagnostics;
using System.Text.Json;
using ExecActors.Server.Diagnosis;

namespace ExecActors.Hosting.Tests.Diagnosis;

public sealed class DoctorTests
{
    private static readonly string[] _names =
        ["bubblewrap", "user namespaces", "seccomp filters", "Landlock", "file helper", "terminals", "cgroup v2", "descendants", "guardian", "inotify", "open files", "address space", "OpenSSL"];

    [SandboxFact]
    public async Task Where_sandboxes_can_be_made_it_says_so_and_ends_with_0()
    {
        var (code, output, error) = await RunAsync(["doctor"]);

        Assert.Equal((0, ""), (code, error));
        Assert.All(_names, name => Assert.Contains(name, output, StringComparison.Ordinal));
        Assert.EndsWith("Requests with a sandbox can be served.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_bubblewrap_it_says_what_to_install_and_ends_with_1()
    {
        var (code, output, error) = await RunAsync(["doctor", "--json"], path: "/nonexistent");

        Assert.Equal((1, ""), (code, error));
        using var report = JsonDocument.Parse(output);
        Assert.False(report.RootElement.GetProperty("sandbox").GetBoolean());
        var findings = report.RootElement.GetProperty("findings").EnumerateArray().ToDictionary(found => found.GetProperty("name").GetString()!, StringComparer.Ordinal);
        Assert.Equal(_names, findings.Keys, StringComparer.Ordinal);
        Assert.Equal("missing", findings["bubblewrap"].GetProperty("state").GetString());
        Assert.Contains("apt-get install bubblewrap", findings["bubblewrap"].GetProperty("remedy").GetString(), StringComparison.Ordinal);
        Assert.Equal("missing", findings["file helper"].GetProperty("state").GetString());
        Assert.Equal("ok", findings["terminals"].GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, findings["terminals"].GetProperty("remedy").ValueKind);
    }

    [Fact]
    public async Task As_root_it_says_what_that_costs()
    {
        var (_, text, _) = await RunAsync(["doctor"]);
        var (_, json, _) = await RunAsync(["doctor", "--json"]);

        using var report = JsonDocument.Parse(json);
        var notice = report.RootElement.GetProperty("notice").GetString();
        Assert.Equal(Environment.IsPrivilegedProcess, notice?.Contains("runs as root", StringComparison.Ordinal) == true);
        Assert.Equal(Environment.IsPrivilegedProcess, text.StartsWith($"note     {notice ?? "?"}\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_looks_with_the_settings_of_the_server()
    {
        using var folder = new TemporaryFolder();
        var config = folder.Write("server.conf", "execactors.sandbox.bubblewrap = /no/such/bwrap");

        var (code, output, _) = await RunAsync(["doctor", "--config", config]);

        Assert.Equal(1, code);
        Assert.Contains("missing  bubblewrap", output, StringComparison.Ordinal);
        Assert.Contains("/no/such/bwrap", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_needed_decides_and_each_remedy_stands_below_its_line()
    {
        Finding[] findings =
        [
            new("bubblewrap", IsNeeded: true, IsGood: true, "0.8.0", Remedy: null),
            new("Landlock", IsNeeded: false, IsGood: false, "not in the kernel", "boot another"),
        ];

        Assert.True(Doctor.CanSandbox(findings));
        Assert.Equal(
            "ok       bubblewrap       0.8.0\n"
            + "limited  Landlock         not in the kernel\n"
            + "                          -> boot another\n"
            + "Requests with a sandbox can be served.\n",
            Doctor.ToText(findings));
        Assert.False(Doctor.CanSandbox([findings[0] with { IsGood = false }]));
    }

    [Fact]
    public async Task A_file_helper_that_no_server_started_says_that_it_is_none()
    {
        var (code, output, error) = await RunAsync(["fs-helper"]);

        Assert.Equal((2, ""), (code, output));
        Assert.Equal("fs-helper is how a server starts its own file helpers; it is of no use otherwise\n", error);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments, string path = "/usr/bin:/bin")
    {
        using var program = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "execactors"), arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PATH"] = path },
        })!;
        program.StandardInput.Close();
        var output = program.StandardOutput.ReadToEndAsync();
        var error = program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync().SoonAsync();
        return (program.ExitCode, await output, await error);
    }
}
