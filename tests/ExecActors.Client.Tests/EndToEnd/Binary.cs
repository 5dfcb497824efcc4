using System.Reflection;
using ExecActors.Testing;

namespace ExecActors.Client.Tests.EndToEnd;

/// <summary>Where the built binary is.</summary>
internal static class Binary
{
    /// <summary><c>EXECACTORS_BIN</c>, or what this build made.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("EXECACTORS_BIN") is { Length: > 0 } given ? given : Built();

    /// <summary>Whether it is native code, which has no assemblies beside it.</summary>
    public static bool IsNative => !File.Exists(System.IO.Path.ChangeExtension(Path, "dll")) && !File.Exists(Path + ".dll");

    private static string Built()
    {
        var configuration = typeof(Binary).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "BuildConfiguration").Value!;
        var output = System.IO.Path.Combine(Repository.Root, "src/ExecActors.Server/bin", configuration, "net10.0");
        var built = Directory.Exists(output) ? Directory.GetFiles(output, "execactors.dll", SearchOption.AllDirectories) : [];
        return built.Length == 1 ? System.IO.Path.ChangeExtension(built[0], null) : throw new FileNotFoundException($"one execactors was expected under {output}, {built.Length} found; set EXECACTORS_BIN");
    }
}
