using System.Text.RegularExpressions;

namespace ExecActors.Runtime.Tests.Architecture;

/// <summary>References point one way. To change a table here is a design decision, made in docs/ARCHITECTURE.md too.</summary>
public sealed partial class ArrowTests
{
    private static readonly Dictionary<string, string[]> _projects = new(StringComparer.Ordinal)
    {
        ["Protocol"] = [],
        ["Platform"] = [],
        ["Runtime"] = ["Protocol", "Platform"],
        ["Client"] = ["Protocol", "Platform"],
        ["Cluster"] = ["Runtime", "Protocol", "Platform"],
        ["Hosting"] = ["Runtime", "Protocol", "Platform"],
        ["Server"] = ["Cluster", "Hosting", "Client", "Runtime", "Protocol", "Platform"],
    };

    // The root composes: its ExecServer sees all folders, and each folder may use what lies beside it.
    private static readonly Dictionary<string, string[]> _folders = new(StringComparer.Ordinal)
    {
        ["Settings"] = [],
        ["Memory"] = ["Settings"],
        ["Workers"] = ["Settings"],
        ["Frames"] = ["Settings"],
        ["Processes"] = ["Workers", "Sandbox", "Frames", "Settings"],
        ["Sandbox"] = ["Settings"],
        ["FileSystem"] = ["Workers", "Sandbox", "Frames", "Settings"],
        ["FileSystem/Helper"] = ["FileSystem", "Sandbox", "Frames", "Settings"],
        ["Http"] = ["Workers", "Frames", "Settings"],
        ["Sessions"] = ["Workers", "Processes", "FileSystem", "FileSystem.Helper", "Http", "Sandbox", "Frames", "Memory", "Settings"],
        ["Connections"] = ["Sessions", "Processes", "Frames", "Memory", "Settings"],
        [""] = ["Memory", "Workers", "Connections", "Sessions", "Processes", "FileSystem", "FileSystem.Helper", "Http", "Sandbox", "Frames", "Settings"],
    };

    [Fact]
    public void Projects_use_only_those_below_them()
    {
        Assert.Empty(
            from file in SourceTree.Files()
            let project = Path.GetRelativePath(SourceTree.Root, file).Split(Path.DirectorySeparatorChar)[0]["ExecActors.".Length..]
            from used in Usings(file).Select(parts => parts[0])
            where !string.Equals(used, project, StringComparison.Ordinal) && !_projects[project].Contains(used, StringComparer.Ordinal)
            select $"{Path.GetFileName(file)} of {project} uses {used}");
    }

    [Fact]
    public void Folders_of_the_runtime_use_only_those_below_them()
    {
        var runtime = Path.Combine(SourceTree.Root, "ExecActors.Runtime");
        Assert.Empty(
            from file in SourceTree.Files("ExecActors.Runtime")
            let folder = Path.GetDirectoryName(Path.GetRelativePath(runtime, file))!.Split(Path.DirectorySeparatorChar)[0]
            from used in Usings(file).Where(parts => parts.Length > 1 && parts[0] is "Runtime").Select(parts => parts[1])
            where !string.Equals(used, folder, StringComparison.Ordinal) && !_folders[folder].Contains(used, StringComparer.Ordinal)
            select $"{Path.GetFileName(file)} of {folder} uses {used}");
    }

    [Fact]
    public void References_of_projects_point_the_same_way()
    {
        Assert.Empty(
            from file in Directory.EnumerateFiles(SourceTree.Root, "*.csproj", SearchOption.AllDirectories)
            let project = Path.GetFileNameWithoutExtension(file)["ExecActors.".Length..]
            from Match reference in ProjectReference().Matches(File.ReadAllText(file))
            let used = reference.Groups["used"].Value
            where !_projects[project].Contains(used, StringComparer.Ordinal)
            select $"{project} references {used}");
    }

    private static IEnumerable<string[]> Usings(string file) =>
        from line in File.ReadLines(file)
        let match = UsingLine().Match(line)
        where match.Success
        select match.Groups["used"].Value.Split('.');

    [GeneratedRegex(@"^using (?:static )?ExecActors\.(?<used>[\w.]+);", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UsingLine();

    [GeneratedRegex("""ProjectReference Include=".*ExecActors\.(?<used>\w+)\.csproj""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ProjectReference();
}
