using System.Runtime.InteropServices;

namespace ExecActors.Benchmarks.Load;

/// <summary>What a figure depends on beside the server.</summary>
internal static class Machine
{
    /// <summary>One line: processor, cores, kernel, runtime of this client.</summary>
    public static string Describe()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
        var kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        return $"{model ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} cores, Linux {kernel}, client on {RuntimeInformation.FrameworkDescription}";
    }

    /// <summary>The load averages over 1, 5 and 15 minutes.</summary>
    public static string Load() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]);
}
