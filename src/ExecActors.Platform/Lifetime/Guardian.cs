#pragma warning disable CA2000 // the pipe passes to the guardian; each failing path disposes it
using System.Globalization;
using System.Text;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>
/// A shell beside this program that waits for its end and then kills what is left: it reads from a pipe whose other end only this program holds.
/// Disposing says farewell, upon which it ends without doing anything.
/// </summary>
/// <remarks>It is in a session of its own, no child of this program, ignores what it may, and has no descriptor but the pipe. A shell, because it takes half a megabyte.</remarks>
internal sealed class Guardian : ReactorSource, IDisposable
{
    private const string Shell = "/bin/sh";
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const int LowestSource = 16; // above the descriptors of the shell, so that no copy overwrites another one's source
    private const int PipeDescriptor = 3;

    private static readonly Lazy<string> _script = new(LoadScript);
    private readonly Action<Guardian> _lost;
    private int _ended;

    private Guardian(Reactor reactor, SafeFileHandle pipe, int pid, Action<Guardian> lost)
        : base(reactor, pipe)
    {
        Pid = pid;
        _lost = lost;
    }

    /// <summary>Its process.</summary>
    public int Pid { get; }

    /// <summary>Starts one. Blocks for about two milliseconds.</summary>
    /// <param name="reactor">Hears of its end.</param>
    /// <param name="prefix">What the marks of the processes begin with that it is to end.</param>
    /// <param name="leaf">The cgroup that it is to kill as a whole and to remove, which need not be there yet; null for none.</param>
    /// <param name="isInside">Whether this program is in that cgroup already, so that the guardian has to leave it first.</param>
    /// <param name="lost">Told on the reactor's thread when it has ended before it was dismissed.</param>
    /// <param name="whyNot">What stands against it; null when it was started.</param>
    /// <param name="path">Where it finds its programs; null for the PATH of this program.</param>
    public static Guardian? TryStart(
        Reactor reactor, string prefix, CgroupLeaf? leaf, bool isInside, Action<Guardian> lost, out string? whyNot, string? path = null)
    {
        var made = Libc.Pipe2(out var read, out var write) == 0;
        using var input = made ? Libc.Duplicate(read, LowestSource) : read;
        read.Dispose();
        try
        {
            path ??= ProgramEnvironment.Variable("PATH") ?? DefaultPath;
            string[] given = [prefix, leaf?.Path ?? "", isInside ? leaf!.Parent : ""];
            var pid = made && !input.IsInvalid ? Start(input, given, path, out whyNot) : Fail(Libc.LastErrno, out whyNot);
            if (pid == 0)
            {
                write.Dispose();
                return null;
            }

            var guardian = new Guardian(reactor, write, pid, lost);
            if (reactor.Add(guardian, Libc.EPOLLET) is var errno and not 0)
            {
                guardian.Dispose();
                Fail(errno, out whyNot);
                return null;
            }

            return guardian;
        }
        catch
        {
            write.Dispose();
            throw;
        }
    }

    /// <summary>The only event there can be: nobody reads any more.</summary>
    public override void OnReady(uint events)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            Close();
            _lost(this);
        }
    }

    public override void OnFailed(Exception failure) => Close();

    /// <summary>This program has ended everything itself.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            _ = Libc.Write(Handle, "farewell\n"u8);
            Close();
        }
    }

    /// <summary>This program could not end everything: the guardian does as if it had been killed.</summary>
    public void Leave()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            Close();
        }
    }

    private static int Start(SafeFileHandle input, string[] given, string path, out string? whyNot)
    {
        if (Libc.Pipe2(out var said, out var saying) < 0)
        {
            return Fail(Libc.LastErrno, out whyNot);
        }

        using (said)
        {
            int pid;
            using (saying)
            {
                using var output = Libc.Duplicate(saying, LowestSource);
                using var settings = new SpawnSettings("/\0"u8);
                using var arguments = new NativeStrings(["sh", "-c", _script.Value, "execactors-guardian", .. given]);
                using var environment = new NativeStrings([$"PATH={path}"]);
                settings.Open(0, "/dev/null\0"u8, Libc.O_RDONLY);
                settings.Open(2, "/dev/null\0"u8, Libc.O_RDWR);
                settings.Duplicate(output, 1);
                settings.Duplicate(input, PipeDescriptor);
                settings.CloseFrom(PipeDescriptor + 1);
                if (settings.Spawn(CString.Of(Shell), arguments, environment, out pid, Libc.RLIM_INFINITY) is var errno and not 0)
                {
                    whyNot = $"{Shell} could not be run: {OsError.Describe(errno)}";
                    return 0;
                }
            }

            // It says the number of the process that stays, and ends.
            var buffer = new byte[32];
            var count = Math.Max(Libc.Read(said, buffer), 0);
            _ = Libc.WaitPid(pid);
            MarkGate.Forget(pid);
            whyNot = int.TryParse(Encoding.ASCII.GetString(buffer, 0, count), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var guardian)
                ? null
                : $"{Shell} did not start it";
            return whyNot is null ? guardian : 0;
        }
    }

    private static int Fail(int errno, out string whyNot)
    {
        whyNot = OsError.Describe(errno);
        return 0;
    }

    private static string LoadScript()
    {
        using var stream = typeof(Guardian).Assembly.GetManifestResourceStream("guardian.sh")
            ?? throw new InvalidOperationException("guardian.sh is not built into the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
