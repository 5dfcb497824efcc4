using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>How errors of the operating system are put into words.</summary>
public static class OsError
{
    /// <summary>The errno's English text and its number: <c>No such file or directory (os error 2)</c>.</summary>
    public static string Describe(int errno) => $"{Libc.StrError(errno)} (os error {errno})";
}
