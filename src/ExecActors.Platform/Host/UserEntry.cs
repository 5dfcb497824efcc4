using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>What the user database says of the user this program runs as.</summary>
internal static class UserEntry
{
    /// <summary>The SHELL of terminals: the user's login shell when it can be run, else /bin/sh. The server's own SHELL does not count.</summary>
    public static string TerminalShell() =>
        Libc.OwnUserEntry() is { Shell: { Length: > 0 } shell } && IsProgram(shell) ? shell : "/bin/sh";

    /// <summary>Whether the path names a regular file that may be executed.</summary>
    public static bool IsProgram(string path)
    {
        var name = CString.Of(path);
        return Libc.FileType(name, out _, out var isRegular) == 0 && isRegular && Libc.AccessExecute(name) == 0;
    }
}
