using ExecActors.Hosting.Transports;

namespace ExecActors.Server.Running;

/// <summary>The standard streams of a program that passes them on: unbuffered, in step with whoever shares them, and telling when a reader is gone.</summary>
/// <remarks>The descriptors stay open; nothing here has to be disposed.</remarks>
internal static class CallerStreams
{
    private const int CloseOnExec = 0x80000;

    /// <summary>
    /// Standard input; null when it is closed or <c>/dev/null</c>, so that nothing can come from it.
    /// </summary>
    public static Stream? OpenInput()
    {
        if (!IsInherited(0) || File.ResolveLinkTarget("/proc/self/fd/0", returnFinalTarget: false)?.FullName is "/dev/null")
        {
            return null;
        }

        var direct = StandardStreams.OpenInput();
        return direct.CanSeek ? Console.OpenStandardInput() : direct;
    }

    /// <summary>Standard output. Writing fails with EPIPE when its reader is gone. Swallows everything when it is closed.</summary>
    public static Stream OpenOutput()
    {
        if (!IsInherited(1))
        {
            return Stream.Null;
        }

        // A file stream keeps its own position in a file and so would write over what others write there, standard error for one. The
        // console's stream writes where the descriptor stands, waits for a terminal that takes nothing, but swallows EPIPE.
        var direct = StandardStreams.OpenOutput();
        return direct.CanSeek || !Console.IsOutputRedirected ? Console.OpenStandardOutput() : direct;
    }

    /// <summary>Standard error. What nobody reads is swallowed.</summary>
    public static Stream OpenError() => IsInherited(2) ? Console.OpenStandardError() : Stream.Null;

    /// <summary>
    /// Whether a descriptor came from our caller. One that was closed is given to whatever the runtime opens first, a pipe of its own, and would be read
    /// or written in its place; but those are all marked to be closed by exec, and one that came through an exec cannot be.
    /// </summary>
    private static bool IsInherited(int descriptor)
    {
        try
        {
            var flags = File.ReadLines($"/proc/self/fdinfo/{descriptor}").First(line => line.StartsWith("flags:", StringComparison.Ordinal));
            return (Convert.ToInt64(flags["flags:".Length..].Trim(), 8) & CloseOnExec) == 0;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }
}
