using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>The directory that a program works in, which may have been removed since.</summary>
/// <param name="Path">Absolute, as <see cref="NativeText"/>; what stands in for it when it is gone.</param>
/// <param name="IsGone">Whether it is gone: then nothing can be found by a relative path.</param>
public sealed record WorkingDirectory(string Path, bool IsGone)
{
    private const string Root = "/";

    /// <summary>Looks where this program is. In the place of a directory that is gone stands its user's home if that is there, else the root.</summary>
    public static WorkingDirectory Find() => Libc.CurrentDirectory() is ['/', ..] path
        ? new WorkingDirectory(path, IsGone: false)
        : new WorkingDirectory(Home() ?? Root, IsGone: true);

    /// <summary>Makes a path absolute.</summary>
    /// <returns>Null for a relative one in a directory that is gone.</returns>
    public string? Resolve(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return System.IO.Path.IsPathRooted(path) || !IsGone ? System.IO.Path.GetFullPath(path, Path) : null;
    }

    /// <summary>Whether a path leads to a directory.</summary>
    /// <param name="path">Absolute, as <see cref="NativeText"/>.</param>
    public static bool IsDirectory(string path) => Libc.FileType(CString.Of(path), out var isDirectory, out _) == 0 && isDirectory;

    private static string? Home()
    {
        var home = ProgramEnvironment.Variable("HOME");
        return home is ['/', ..] && IsDirectory(home) ? home : null;
    }
}
