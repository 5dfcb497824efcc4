using System.Globalization;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Questions about process groups that no system call answers.</summary>
internal static class ProcessGroup
{
    /// <summary>Ends a child at once with its group and waits until it is gone; for children that nobody watches.</summary>
    public static void KillAndReap(int pid)
    {
        _ = Libc.Kill(-pid, Signals.SIGKILL);
        _ = Libc.WaitPid(pid);
    }

    /// <summary>Whether a group has a member that is no zombie. Reads /proc once, about 15 microseconds for each process of the machine.</summary>
    public static bool HasLivingMember(int group)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (char.IsAsciiDigit(folder["/proc/".Length]) && IsLivingMember(folder, group))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsLivingMember(string folder, int group)
    {
        try
        {
            // PID (NAME) STATE PPID PGRP ...; the name may hold anything, closing brackets too.
            var stat = File.ReadAllText($"{folder}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ', 4);
            return fields[0] is not ("Z" or "X") && int.Parse(fields[2], CultureInfo.InvariantCulture) == group;
        }
        catch (IOException)
        {
            return false; // it has ended since the folder was listed
        }
    }
}
