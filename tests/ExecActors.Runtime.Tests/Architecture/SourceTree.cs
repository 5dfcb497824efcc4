using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Architecture;

/// <summary>The product's source files, of the checkout.</summary>
internal static class SourceTree
{
    /// <summary>The folder <c>src</c>.</summary>
    public static string Root { get; } = Path.Combine(Repository.Root, "src");

    /// <summary>All C# files below a folder of <see cref="Root"/>, generated ones excepted.</summary>
    public static IEnumerable<string> Files(string folder = "") =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .Order(StringComparer.Ordinal);
}
