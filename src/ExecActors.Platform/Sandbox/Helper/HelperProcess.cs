#pragma warning disable CA2000 // the channel and the launch pass to the process; each failing path disposes them
using System.Globalization;
using System.Text;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>A file helper that runs inside a plan, and the channel to it. Its holder disposes it, which kills it.</summary>
public sealed class HelperProcess : IDisposable
{
    private const int LowestSource = 16; // above the descriptors that bubblewrap reads, so that no copy overwrites another one's source
    private const int EndPatienceMilliseconds = 1_000;
    private const int SaidBytes = 512;

    private readonly int _pid;
    private readonly SafeFileHandle _pidfd;
    private readonly SafeFileHandle _said;
    private readonly SandboxLaunch _launch;
    private int _disposed;

    private HelperProcess(int pid, SafeFileHandle pidfd, SafeFileHandle said, SandboxLaunch launch, HelperChannel channel, byte[] view)
    {
        _pid = pid;
        _pidfd = pidfd;
        _said = said;
        _launch = launch;
        Channel = channel;
        View = view;
    }

    /// <summary>Asks it; the process owns the channel.</summary>
    public HelperChannel Channel { get; }

    /// <summary>What it has to be told first: bytes for <see cref="HelperView.Read"/>.</summary>
    public ReadOnlyMemory<byte> View { get; }

    /// <summary>Starts one; it is not waited for. Blocks on exec.</summary>
    /// <param name="bubblewrap">Makes the sandbox.</param>
    /// <param name="plan">What it sees.</param>
    /// <param name="program">What is run.</param>
    /// <exception cref="SandboxException">The sandbox cannot be made; nothing was started.</exception>
    /// <exception cref="ProcessStartException">No process or descriptor is left; nothing was started.</exception>
    public static HelperProcess Start(Bubblewrap bubblewrap, MountPlan plan, HelperProgram program)
    {
        ArgumentNullException.ThrowIfNull(bubblewrap);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(program);
        var command = program.For(plan);
        var launch = bubblewrap.Prepare(plan, command.Arguments, new SandboxCommandOptions
        {
            RestrictsNetwork = true,
            Environment = command.Environment,
            PrivateBinds = command.Binds,
            HoldsAbsent = false, // it does that itself (ViewGuard): placeholders would be seen outside for as long as it waits
        });
        HelperChannel? channel = null;
        SafeFileHandle? said = null;
        try
        {
            channel = HelperChannel.Create(out var end);
            using var helperEnd = end;
            said = MemoryFile();
            var pid = Spawn(launch, helperEnd, said);
            var pidfd = Libc.PidfdOpen(pid);
            if (pidfd.IsInvalid)
            {
                var errno = Libc.LastErrno;
                ProcessGroup.KillAndReap(pid);
                throw StartFailure.FromErrno(errno);
            }

            launch.CloseChildEnds();
            return new HelperProcess(pid, pidfd, said, launch, channel, HelperView.Describe(plan, command.Own));
        }
        catch
        {
            launch.Dispose();
            channel?.Dispose();
            said?.Dispose();
            throw;
        }
    }

    /// <summary>How it ended, as a clause; waits up to a second for its end. For a helper that closed its end.</summary>
    public string Ending()
    {
        if (Libc.PollFor(_pidfd, Libc.POLLIN, EndPatienceMilliseconds) <= 0 || Libc.WaitId(_pidfd, reap: false, out var info) != 0 || !info.HasChild)
        {
            return "it closed its end and still runs";
        }

        var status = info.ExitStatus;
        var how = status.Code > 128
            ? $"killed by signal {(status.Code - 128).ToString(CultureInfo.InvariantCulture)}"
            : $"exit code {status.Code.ToString(CultureInfo.InvariantCulture)}";
        return Said() is { Length: > 0 } text ? $"{how}: {text}" : how;
    }

    /// <summary>Kills it with everything it started and takes it out of the process table. Blocks for as long as that takes: about a millisecond.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        Channel.Dispose();
        _ = Libc.Kill(-_pid, Signals.SIGKILL);
        if (_launch.HoldsPlaceholders)
        {
            _launch.AwaitEnd(_pid); // they stay until nobody can see behind them
        }

        _ = Libc.WaitPid(_pid);
        MarkGate.Forget(_pid);
        _pidfd.Dispose();
        _said.Dispose();
        _launch.Dispose();
    }

    private static int Spawn(SandboxLaunch launch, SafeFileHandle helperEnd, SafeFileHandle said)
    {
        using var input = Libc.Duplicate(helperEnd, LowestSource);
        using var output = Libc.Duplicate(said, LowestSource);
        if (input.IsInvalid || output.IsInvalid)
        {
            throw StartFailure.FromErrno(Libc.LastErrno);
        }

        using var settings = new SpawnSettings("/\0"u8);
        using var arguments = new NativeStrings(launch.Arguments);
        using var environment = new NativeStrings([]);
        settings.Duplicate(input, 0);
        settings.Duplicate(output, 1);
        settings.Duplicate(output, 2);
        launch.AddTo(settings);
        return settings.Spawn(launch.Program, arguments, environment, out var pid) is var errno and not 0 ? throw StartFailure.FromErrno(errno) : pid;
    }

    private static SafeFileHandle MemoryFile()
    {
        var file = Libc.MemoryFile("execactors-helper\0"u8);
        return file.IsInvalid ? throw StartFailure.FromErrno(Libc.LastErrno) : file;
    }

    /// <summary>What bubblewrap said. What the helper's runtime says of a crash is for nobody: it names sources and addresses.</summary>
    private string Said()
    {
        var buffer = new byte[SaidBytes];
        return Libc.Rewind(_said) == 0 && Libc.Read(_said, buffer) is > 0 and var count
            ? Encoding.UTF8.GetString(buffer, 0, count).Split('\n').FirstOrDefault(line => line.StartsWith("bwrap: ", StringComparison.Ordinal)) ?? ""
            : "";
    }
}
