namespace ExecActors.Testing;

/// <summary>The checkout that the tests were built from.</summary>
public static class Repository
{
    private const string Marker = "ExecActors.sln";

    /// <summary>Its top folder, found upwards from the test assembly: a source path in the assembly is no guide, for a deterministic build maps it.</summary>
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, Marker)))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"no {Marker} above {AppContext.BaseDirectory}: run the tests from a checkout");
    }
}
