using System.Reflection;

using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.FileSystem.Helper;

/// <summary>The built program that becomes a helper.</summary>
internal static class HelperBinary
{
    /// <summary>Its absolute path.</summary>
    public static string Path { get; } = Built();

    private static string Built()
    {
        var configuration = typeof(HelperBinary).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(data => string.Equals(data.Key, "BuildConfiguration", StringComparison.Ordinal)).Value!;
        var output = System.IO.Path.Combine(Repository.Root, "src/ExecActors.Server/bin", configuration, "net10.0");
        return Assert.Single(Directory.GetFiles(output, "execactors.dll", SearchOption.AllDirectories).Select(program => System.IO.Path.ChangeExtension(program, null)));
    }
}
