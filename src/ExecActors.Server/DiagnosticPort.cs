using System.Globalization;

namespace ExecActors.Server;

/// <summary>The socket through which programs of the same user may look into this one, and load code into it.</summary>
/// <remarks>
/// Native code has none. Run from assemblies, the runtime opens one before the program begins, and leaves its file behind when it is killed. So its
/// name is removed at the start: nobody can find it then, and nothing is left. Who wants it sets <c>DOTNET_EnableDiagnostics=1</c>.
/// </remarks>
internal static class DiagnosticPort
{
    private static readonly string[] s_switches = ["DOTNET_EnableDiagnostics", "DOTNET_EnableDiagnostics_IPC", "DOTNET_DiagnosticPorts"];

    /// <summary>Removes it unless it was asked for.</summary>
    public static void Withdraw()
    {
        // Only a runtime that loads assemblies has a list of them.
        if (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is null || s_switches.Any(name => Environment.GetEnvironmentVariable(name) is not (null or "" or "0")))
        {
            return;
        }

        foreach (var pattern in new[] { "dotnet-diagnostic-{0}-*", "clr-debug-pipe-{0}-*" })
        {
            Remove(string.Format(CultureInfo.InvariantCulture, pattern, Environment.ProcessId));
        }
    }

    private static void Remove(string pattern)
    {
        try
        {
            foreach (var file in Directory.EnumerateFiles(Path.GetTempPath(), pattern))
            {
                File.Delete(file);
            }
        }
        catch (Exception kept) when (kept is IOException or UnauthorizedAccessException)
        {
            // No such directory, or another user's file of that name: none of ours is there.
        }
    }
}
