using System.Text;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Runs a short program of this machine to its end and returns what it said. Blocks.</summary>
internal static class TrialRun
{
    private const int PatienceMilliseconds = 10_000;

    /// <summary>Runs it in the root directory, with an empty environment and nothing to read.</summary>
    /// <param name="arguments">The program's path first.</param>
    /// <param name="launch">Further descriptors to give it.</param>
    /// <returns>Its exit code, -1 when it could not be started or was ended after 10 seconds; both its outputs in one, or the reason.</returns>
    public static (int ExitCode, string Text) Run(IReadOnlyList<string> arguments, SandboxLaunch? launch = null)
    {
        using var output = Libc.MemoryFile("execactors-trial\0"u8);
        if (output.IsInvalid)
        {
            return (-1, OsError.Describe(Libc.LastErrno));
        }

        using var above = Libc.Duplicate(output, 16);
        using var settings = new SpawnSettings("/\0"u8);
        using var argv = new NativeStrings([.. arguments]);
        using var environment = new NativeStrings([]);
        settings.Open(0, "/dev/null\0"u8, Libc.O_RDONLY);
        settings.Duplicate(above, 1);
        settings.Duplicate(above, 2);
        if (launch is null)
        {
            settings.CloseTheRest();
        }
        else
        {
            launch.AddTo(settings);
        }

        if (settings.Spawn(CString.Of(arguments[0]), argv, environment, out var pid) is var errno and not 0)
        {
            return (-1, OsError.Describe(errno));
        }

        return (Await(pid), Read(above));
    }

    private static int Await(int pid)
    {
        using var pidfd = Libc.PidfdOpen(pid);
        if (pidfd.IsInvalid || Libc.PollFor(pidfd, Libc.POLLIN, PatienceMilliseconds) <= 0)
        {
            ProcessGroup.KillAndReap(pid);
            return -1;
        }

        var code = Libc.WaitId(pidfd, reap: true, out var info) == 0 && info.HasChild ? info.ExitStatus.Code : -1;
        MarkGate.Forget(pid);
        return code;
    }

    private static string Read(Microsoft.Win32.SafeHandles.SafeFileHandle output)
    {
        var buffer = new byte[16 * 1024];
        return Libc.Rewind(output) == 0 && Libc.Read(output, buffer) is > 0 and var count ? Encoding.UTF8.GetString(buffer, 0, count) : "";
    }
}
