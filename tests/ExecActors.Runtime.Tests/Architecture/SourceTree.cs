using System.Runtime.CompilerServices;

namespace ExecActors.Runtime.Tests.Architecture;

/// <summary>The product's source files, found from where this file was compiled.</summary>
internal static class SourceTree
{
    /// <summary>The folder <c>src</c>.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", "..", "..", "src"));

    /// <summary>All C# files below a folder of <see cref="Root"/>, generated ones excepted.</summary>
    public static IEnumerable<string> Files(string folder = "") =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .Order(StringComparer.Ordinal);

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
