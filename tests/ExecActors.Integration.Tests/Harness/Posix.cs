using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>The few system calls the tests make themselves.</summary>
public static partial class Posix
{
    private const long PidfdOpenNumber = 434; // the same on x86-64 and arm64
    private const short PollIn = 1;
    private const int NoSuchProcess = 3;
    private const int CurrentFolder = -100;
    private const uint RenameExchange = 2;
    private const int LimitOfDescriptors = 7; // RLIMIT_NOFILE

    /// <summary>kill(2).</summary>
    /// <param name="pid">A process; negative for the process group of that number.</param>
    /// <param name="signal">Which.</param>
    public static void Signal(int pid, PosixSignalNumber signal)
    {
        if (Kill(pid, (int)signal) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>mkfifo(3), for this user alone.</summary>
    public static void MakeFifo(string path)
    {
        if (MkFifo(path, 0x180 /* 0600 */) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>link(2).</summary>
    public static void HardLink(string existing, string name)
    {
        if (MakeLink(existing, name) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>creat(2) of a name that need not be text.</summary>
    /// <param name="path">Absolute, ended by a zero byte.</param>
    public static void CreateFile(byte[] path)
    {
        var descriptor = Create(path, 0x1A4 /* 0644 */);
        if (descriptor < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        _ = Close(descriptor);
    }

    /// <summary>The permission bits of what a path leads to, set-id and sticky included.</summary>
    public static int ModeOf(string path) =>
        OperatingSystem.IsLinux() ? (int)File.GetUnixFileMode(path) : throw new PlatformNotSupportedException("the tests are for Linux");

    /// <summary>renameat2(2) with RENAME_EXCHANGE: two names change places in one step.</summary>
    public static void Exchange(string one, string other)
    {
        if (RenameAt(CurrentFolder, one, CurrentFolder, other, RenameExchange) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>chmod(2).</summary>
    public static void SetMode(string path, int mode)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("the tests are for Linux");
        }

        File.SetUnixFileMode(path, (UnixFileMode)mode);
    }

    /// <summary>prlimit(2): from now on a process gets no descriptor of this number or more; disposing restores what was.</summary>
    public static IDisposable LimitDescriptors(int pid, ulong descriptors)
    {
        SetLimit(pid, limit => limit with { Soft = descriptors }, out var before);
        return new Restored(() => SetLimit(pid, _ => before, out _));
    }

    private static void SetLimit(int pid, Func<ResourceLimit, ResourceLimit> change, out ResourceLimit before)
    {
        if (GetLimit(pid, LimitOfDescriptors, 0, out before) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        var after = change(before);
        if (ChangeLimit(pid, LimitOfDescriptors, ref after, 0) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Completes when the process has ended (a zombie has), at once when there is none. Works for any process, not only children.</summary>
    /// <remarks>The kernel says so through a pidfd: no polling, no race with a pid used again after this was called.</remarks>
    public static Task EndOfProcessAsync(int pid)
    {
        var descriptor = (int)PidfdOpen(PidfdOpenNumber, pid, 0);
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error == NoSuchProcess ? Task.CompletedTask : throw new Win32Exception(error);
        }

        return Patience.ForAsync(
            Task.Factory.StartNew(() => WaitReadable(descriptor), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default),
            () => $"end of process {pid}");
    }

    private static void WaitReadable(int descriptor)
    {
        var poll = new PollDescriptor { Descriptor = descriptor, Events = PollIn };
        while (Poll(ref poll, 1, (int)Patience.Limit.TotalMilliseconds) < 0)
        {
            // EINTR: asked again
        }

        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeLink(string existing, string name);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(int oldFolder, string oldName, int newFolder, string newName, uint flags);

    [LibraryImport("libc", EntryPoint = "creat", SetLastError = true)]
    private static partial int Create(byte[] path, uint mode);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long PidfdOpen(long number, int pid, uint flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollDescriptor descriptors, ulong count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    private static partial int GetLimit(int pid, int resource, nint after, out ResourceLimit before);

    [LibraryImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    private static partial int ChangeLimit(int pid, int resource, ref ResourceLimit after, nint before);

    private sealed class Restored(Action restore) : IDisposable
    {
        public void Dispose() => restore();
    }

    [StructLayout(LayoutKind.Sequential)]
    private record struct ResourceLimit(ulong Soft, ulong Hard);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short ReturnedEvents;
    }
}

/// <summary>Signals the tests send.</summary>
public enum PosixSignalNumber
{
    /// <summary>None: asks only whether the process is there.</summary>
    None = 0,

    /// <summary>SIGHUP.</summary>
    Hangup = 1,

    /// <summary>SIGINT.</summary>
    Interrupt = 2,

    /// <summary>SIGKILL.</summary>
    Kill = 9,

    /// <summary>SIGTERM.</summary>
    Terminate = 15,

    /// <summary>SIGCONT.</summary>
    Continue = 18,

    /// <summary>SIGSTOP.</summary>
    Stop = 19,
}
