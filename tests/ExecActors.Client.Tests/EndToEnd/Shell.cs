namespace ExecActors.Client.Tests.EndToEnd;

/// <summary>Surroundings that a shell makes before it becomes a program.</summary>
internal static class Shell
{
    // In a mount namespace of its own, which ends with it.
    private const string HideOpenSsl = """
        for library in $(ldconfig -p | grep -o '/[^ ]*lib\(ssl\|crypto\)\.so[^ ]*'); do mount --bind /dev/null "$(readlink -f "$library")"; done
        exec "$@"
        """;

    /// <summary>A command on a machine without OpenSSL.</summary>
    public static string[] WithoutOpenSsl(params string[] command) => ["unshare", "-rm", "sh", "-c", HideOpenSsl, "sh", .. command];

    /// <summary>A command in a directory that was removed.</summary>
    public static string[] InGoneDirectory(params string[] command) => After("d=$(mktemp -d) && cd \"$d\" && rmdir \"$d\"", command);

    /// <summary>A command after a script that sets something up.</summary>
    public static string[] After(string script, params string[] command) => ["sh", "-c", script + "\nexec \"$@\"", "sh", .. command];
}
