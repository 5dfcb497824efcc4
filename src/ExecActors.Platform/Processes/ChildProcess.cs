using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>One child. Its holder owns stdin; its outputs and its pidfd belong to the reactor, which closes them on its own thread.</summary>
/// <remarks>
/// Of a sandboxed child the leader is bubblewrap. When that has ended, for whatever reason, the rest of its group is killed, which includes the first
/// process of the sandbox's pid namespace and with it everything inside; only after all of it is gone the exit is told. (bubblewrap's own
/// --die-with-parent cannot be used: it would end the sandbox with the thread that started it.)
/// </remarks>
internal sealed class ChildProcess : IChildProcess
{
    /// <summary>What a sandboxed program exits with that could not be run, as with the reference server.</summary>
    private const int NotRunExitCode = 101;

    private readonly Reactor _reactor;
    private readonly LinuxProcessHost _host;
    private readonly OutputReader[] _outputs;
    private readonly StdinWriter? _stdin;
    private readonly ExitWatch _exit;
    private readonly bool _isTerminal;
    private readonly SandboxLaunch? _sandbox;
    private readonly ProcessMark _mark;

    /// <summary>Held to signal and to reap: a group that was reaped may be a stranger's by now.</summary>
    private readonly Lock _pidGate = new();

    private volatile IChildObserver? _observer;
    private volatile bool _isAbandoned;
    private int _released;
    private bool _reaped;
    private bool _exitTold;
    private bool _sandboxEnding;
    private bool _sandboxEnded;

    public ChildProcess(LinuxProcessHost host, Reactor reactor, int pid, SafeFileHandle pidfd, StandardStreams streams, SandboxLaunch? sandbox, ProcessMark mark)
    {
        _sandbox = sandbox;
        _mark = mark;
        _sandboxEnded = sandbox is null;
        _host = host;
        _reactor = reactor;
        Pid = pid;
        _exit = new ExitWatch(reactor, this, pidfd);
        _outputs = [.. streams.Outputs.Select(output => new OutputReader(reactor, this, host.WidePipes, output.Kind, output.Handle))];
        _isTerminal = streams.Outputs[0].Kind == OutputStreamKind.Terminal;
        _stdin = streams.Stdin is null ? null : new StdinWriter(reactor, this, streams.Stdin);
    }

    public int Pid { get; }

    /// <summary>Whether there is somebody to tell.</summary>
    public bool HasBegun => _observer is not null;

    private bool IsReleased => Volatile.Read(ref _released) != 0;

    /// <summary>Makes all descriptors known to the reactor, without interest in any yet.</summary>
    /// <returns>0, or an errno; the child must then be destroyed.</returns>
    public int Register()
    {
        var errno = _exit.Register();
        foreach (var output in _outputs)
        {
            errno = errno != 0 ? errno : output.Register();
        }

        return errno != 0 || _stdin is null ? errno : _stdin.Register();
    }

    /// <summary>Undoes the start of a child that nobody was given: kills, reaps and closes on the calling thread.</summary>
    public void Destroy()
    {
        Interlocked.Exchange(ref _released, 1);
        _stdin?.Close();
        foreach (var output in _outputs)
        {
            output.Close();
        }

        _exit.Close();
        if (_sandbox is not null)
        {
            _ = Libc.Kill(-Pid, Signals.SIGKILL);
            _sandbox.AwaitEnd(Pid);
            _sandbox.Dispose();
        }

        ProcessGroup.KillAndReap(Pid);
    }

    public void Begin(IChildObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        if (Interlocked.CompareExchange(ref _observer, observer, null) is not null)
        {
            throw new InvalidOperationException($"process {Pid} is being watched already: Begin is called once");
        }

        foreach (var output in _outputs)
        {
            output.Arm();
        }

        _exit.Arm();
    }

    public void GrantRead(OutputStreamKind stream, int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        foreach (var output in _outputs)
        {
            if (output.Kind == stream)
            {
                output.Grant(bytes);
            }
        }
    }

    /// <summary>Changes with each write to standard input, before it.</summary>
    public int InputCount => _stdin?.Writes ?? 0;

    public int TryWrite(ReadOnlySpan<byte> bytes) => _stdin?.TryWrite(bytes) ?? -1;

    public void CloseStdin()
    {
        if (!_isTerminal)
        {
            _stdin?.Close();
        }
    }

    public bool SignalGroup(int signal)
    {
        lock (_pidGate)
        {
            if (_reaped || IsReleased)
            {
                return false;
            }

            // The zombie leader takes any signal, so that the call's success says nothing once it has ended.
            var isSomebodyThere = _exit.Status(reap: false) is null || ProcessGroup.HasLivingMember(Pid);
            return isSomebodyThere && (Forward(signal) || Libc.Kill(-Pid, signal) == 0);
        }
    }

    public void EndAll()
    {
        lock (_pidGate)
        {
            if (!_reaped)
            {
                _ = Libc.Kill(-Pid, Signals.SIGKILL);
            }
        }

        _host.EndMarked(_mark);
    }

    // bubblewrap would die of the signal and take the program with it, whatever the program does about the signal. So it goes to those inside;
    // the first process there ignores it, as that of a pid namespace does. Right after the start only these two may be there.
    private bool Forward(int signal) =>
        _sandbox is not null && signal != Signals.SIGKILL && ProcessGroup.SignalFollowers(Pid, signal) > 1;

    public void AbandonOutput()
    {
        _isAbandoned = true;
        _reactor.Post(CloseOutputs);
    }

    public void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            _stdin?.Close();
            _reactor.Post(() => EndIt(killSurvivors: false));
        }
    }

    /// <summary>At the host's end: releases, and kills what is left of the group even when its leader has ended. On the reactor's thread.</summary>
    public void KillAndRelease()
    {
        Interlocked.Exchange(ref _released, 1);
        _stdin?.Close();
        EndIt(killSurvivors: true);
    }

    /// <summary>An observer threw: the child it was to look after is released. On the reactor's thread.</summary>
    public void Fail(Exception failure)
    {
        Release();
        _host.OnObserverFailed(Pid, failure);
    }

    /// <summary>Passes bytes on, or drops them when nobody wants them any more. On the reactor's thread, like all that follows.</summary>
    public void Observe(ByteLease bytes, OutputStreamKind stream)
    {
        if (_isAbandoned || IsReleased)
        {
            bytes.Dispose();
            return;
        }

        _observer!.OnOutput(stream, bytes);
    }

    public void OnOutputEnded(OutputStreamKind stream)
    {
        if (_isTerminal)
        {
            _stdin!.OnTerminalEnded();
        }

        if (!_isAbandoned && !IsReleased)
        {
            _observer!.OnOutputEnded(stream);
        }
    }

    public void ObserveStdinReady()
    {
        if (!IsReleased)
        {
            _observer?.OnStdinReady();
        }
    }

    /// <summary>As <see cref="ExitWatch.Status"/>, kept apart from signals.</summary>
    public ExitStatus? ExitStatus(bool reap)
    {
        lock (_pidGate)
        {
            if (_reaped)
            {
                return null;
            }

            var status = _exit.Status(reap);
            _reaped = reap && status is not null;
            if (_reaped)
            {
                MarkGate.Forget(Pid);
            }

            return status;
        }
    }

    public void OnLeaderEnded(ExitStatus status)
    {
        if (!_sandboxEnded)
        {
            EndSandbox(status);
            return;
        }

        if (IsReleased)
        {
            Reap();
            return;
        }

        if (_observer is not { } observer || _exitTold)
        {
            return;
        }

        _exitTold = true;
        foreach (var output in _outputs)
        {
            output.Drain();
        }

        if (!IsReleased)
        {
            observer.OnExited(status);
        }
    }

    // Not on the reactor's thread, for it may have to wait: for processes that are being killed, and for the file system of placeholders.
    private void EndSandbox(ExitStatus status)
    {
        if (_sandboxEnding)
        {
            return;
        }

        _sandboxEnding = true;
        var told = status.Signal == 0 && !_sandbox!.RanProgram ? new ExitStatus(NotRunExitCode, 0) : status;
        _ = Libc.Kill(-Pid, Signals.SIGKILL); // the zombie leader keeps the group ours
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                _sandbox!.AwaitEnd(Pid);
                _sandbox.Dispose();
                _reactor.Post(() =>
                {
                    _sandboxEnded = true;
                    OnLeaderEnded(told);
                });
            },
            state: null);
    }

    private void EndIt(bool killSurvivors)
    {
        CloseOutputs();
        lock (_pidGate)
        {
            if (!_reaped && (killSurvivors || _exit.Status(reap: false) is null))
            {
                _ = Libc.Kill(-Pid, Signals.SIGKILL);
            }
        }

        Reap();
    }

    /// <summary>Takes an ended leader out of the process table; one that still runs is taken when its pidfd says so.</summary>
    private void Reap()
    {
        if (!_sandboxEnded && ExitStatus(reap: false) is { } status)
        {
            EndSandbox(status); // and comes back
        }
        else if (_sandboxEnded && ExitStatus(reap: true) is not null)
        {
            _exit.Close();
            _host.Forget(this);
        }
        else
        {
            _exit.Arm();
        }
    }

    private void CloseOutputs()
    {
        foreach (var output in _outputs)
        {
            output.Abandon();
        }
    }
}
