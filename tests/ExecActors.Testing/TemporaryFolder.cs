namespace ExecActors.Testing;

/// <summary>A folder of its own for one test, removed with everything in it on <see cref="Dispose"/>.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Makes the folder.</summary>
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("execactors-test-").FullName;

    /// <summary>Its absolute path.</summary>
    public string Path { get; }

    /// <summary>Writes a file and gives its absolute path; folders in <paramref name="name"/> are made.</summary>
    public string Write(string name, string content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
#pragma warning disable CA1416 // the product and its tests are for Linux
        File.SetUnixFileMode(path, mode);
#pragma warning restore CA1416
        return path;
    }

    /// <summary>Writes a file that everybody may execute, and gives its absolute path.</summary>
    public string WriteProgram(string name, string content) => Write(
        name,
        content,
        (UnixFileMode)Convert.ToInt32("755", fromBase: 8));

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
