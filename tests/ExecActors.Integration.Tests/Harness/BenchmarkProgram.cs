using System.Diagnostics;
using System.Reflection;
using ExecActors.Testing;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>The benchmarks, micro and load client, run as the program that they are.</summary>
internal static class BenchmarkProgram
{
    private static readonly string _program = Find();

    /// <summary>Runs it to its end, and ends it when that does not come.</summary>
    public static async Task<(int Status, string Output, string Error)> RunAsync(params string[] words)
    {
        var start = new ProcessStartInfo("dotnet", [_program, .. words]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(TestTimeouts.Bulk);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        return (process.ExitCode, await output, await error);
    }

    private static string Find()
    {
        var configuration = typeof(BenchmarkProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == "BuildConfiguration").Value!;
        return Path.Combine(Repository.Root, "tests/ExecActors.Benchmarks/bin", configuration, "net10.0/ExecActors.Benchmarks.dll");
    }
}
