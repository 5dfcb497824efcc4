using System.Text;

using ExecActors.Platform;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Support;

/// <summary>A child that exists only for its actor. What the actor did is read by the test, what it observes is driven by the test.</summary>
internal sealed class FakeChild(int pid, ProcessSpec spec) : IChildProcess
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<OutputStreamKind, long> _granted = [];
    private readonly List<int> _signals = [];
    private readonly List<byte> _written = [];
    private int _stdinRoom = int.MaxValue;
    private bool _stdinBroken;
    private string _broken = "";
    private volatile IChildObserver? _observer;

    /// <inheritdoc/>
    public int Pid => pid;

    /// <summary>What was asked for.</summary>
    public ProcessSpec Spec => spec;

    /// <summary>Signals sent to the group, in order.</summary>
    public IReadOnlyList<int> Signals => Locked(() => _signals.ToArray());

    /// <summary>What went into standard input.</summary>
    public string Written => Locked(() => Encoding.UTF8.GetString([.. _written]));

    /// <summary>How many bytes went into standard input.</summary>
    public int WrittenBytes => Locked(() => _written.Count);

    /// <summary>Bytes that the test printed to standard output.</summary>
    public long Printed { get; private set; }

    /// <summary>Whether standard input was closed.</summary>
    public bool StdinClosed { get; private set; }

    /// <summary>Whether the rest of the output was given up.</summary>
    public bool OutputAbandoned { get; private set; }

    /// <summary>Whether it was ended with all that descends from it.</summary>
    public bool IsEnded => _ended.Task.IsCompleted;

    /// <summary>Whether it was given back.</summary>
    public bool IsReleased => _released.Task.IsCompleted;

    private IChildObserver Observer => _observer ?? throw new InvalidOperationException("the child has not begun");

    /// <summary>Completes once the actor watches.</summary>
    public Task BegunAsync() => _begun.Task.SoonAsync();

    /// <summary>Completes once it was ended with all that descends from it.</summary>
    public Task EndedAsync() => _ended.Task.SoonAsync();

    /// <summary>Completes once the actor gave it back.</summary>
    public Task ReleasedAsync() => _released.Task.SoonAsync();

    /// <summary>Credit that was granted for a stream so far.</summary>
    public long Granted(OutputStreamKind stream) => Locked(() => _granted.GetValueOrDefault(stream));

    /// <summary>The program reads so much of its standard input before it stops.</summary>
    public void TakeAtMost(int bytes) => Locked(() => _stdinRoom = bytes);

    /// <summary>The program reads on: there is room for so many further bytes.</summary>
    public void TakeMore(int bytes)
    {
        Locked(() => _stdinRoom = _stdinRoom > int.MaxValue - bytes ? int.MaxValue : _stdinRoom + bytes);
        Observer.OnStdinReady();
    }

    /// <summary>The last reader of standard input is gone: writes give EPIPE from now on.</summary>
    public void BreakStdin() => Locked(() => _stdinBroken = true);

    /// <summary>The next write to standard input throws, so that the actor fails.</summary>
    public void BreakNextWrite() => Locked(() => _broken = nameof(IChildProcess.TryWrite));

    /// <summary>The next grant throws, so that the actor fails.</summary>
    public void BreakNextGrant() => Locked(() => _broken = nameof(IChildProcess.GrantRead));

    /// <summary>The next signal throws, so that the actor fails; those after it are sent.</summary>
    public void BreakNextSignal() => Locked(() => _broken = nameof(IChildProcess.SignalGroup));

    /// <summary>The program puts something out.</summary>
    public void Print(string text, OutputStreamKind stream = OutputStreamKind.Stdout) => Print(Encoding.UTF8.GetBytes(text), stream);

    /// <summary>The program puts something out.</summary>
    public void Print(byte[] bytes, OutputStreamKind stream = OutputStreamKind.Stdout)
    {
        Printed += stream == OutputStreamKind.Stdout ? bytes.Length : 0;
        Observer.OnOutput(stream, ByteLease.CopyOf(bytes));
    }

    /// <summary>A stream ends.</summary>
    public void End(OutputStreamKind stream) => Observer.OnOutputEnded(stream);

    /// <summary>Both pipes, or the terminal, end.</summary>
    public void EndOutput()
    {
        if (spec.Io == ProcessIo.Terminal)
        {
            End(OutputStreamKind.Terminal);
            return;
        }

        End(OutputStreamKind.Stdout);
        End(OutputStreamKind.Stderr);
    }

    /// <summary>The leader ends.</summary>
    public void Exit(int code) => Observer.OnExited(new ExitStatus(code, 0));

    /// <summary>The streams end and the leader with them.</summary>
    public void Finish(int code)
    {
        EndOutput();
        Exit(code);
    }

    /// <inheritdoc/>
    void IChildProcess.Begin(IChildObserver observer)
    {
        _observer = observer;
        _begun.SetResult();
    }

    /// <inheritdoc/>
    void IChildProcess.GrantRead(OutputStreamKind stream, int bytes)
    {
        lock (_gate)
        {
            ThrowIfBroken(nameof(IChildProcess.GrantRead));
            _granted[stream] = _granted.GetValueOrDefault(stream) + bytes;
        }
    }

    /// <inheritdoc/>
    int IChildProcess.TryWrite(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            ThrowIfBroken(nameof(IChildProcess.TryWrite));
            if (_stdinBroken || StdinClosed)
            {
                return -1;
            }

            var taken = Math.Min(bytes.Length, _stdinRoom);
            _written.AddRange(bytes[..taken]);
            _stdinRoom -= _stdinRoom == int.MaxValue ? 0 : taken;
            return taken;
        }
    }

    /// <inheritdoc/>
    void IChildProcess.CloseStdin() => Locked(() => StdinClosed = true);

    /// <inheritdoc/>
    bool IChildProcess.SignalGroup(int signal)
    {
        lock (_gate)
        {
            if (IsReleased)
            {
                return false;
            }

            ThrowIfBroken(nameof(IChildProcess.SignalGroup));
            _signals.Add(signal);
            return true;
        }
    }

    /// <inheritdoc/>
    void IChildProcess.EndAll()
    {
        lock (_gate)
        {
            ThrowIfBroken(nameof(IChildProcess.SignalGroup));
            _ended.TrySetResult();
            if (!IsReleased)
            {
                _signals.Add(Platform.Signals.SIGKILL);
            }
        }
    }

    /// <inheritdoc/>
    void IChildProcess.AbandonOutput() => Locked(() => OutputAbandoned = true);

    /// <inheritdoc/>
    void IChildProcess.Release() => _released.TrySetResult();

    private T Locked<T>(Func<T> work)
    {
        lock (_gate)
        {
            return work();
        }
    }

    private void ThrowIfBroken(string call)
    {
        if (string.Equals(_broken, call, StringComparison.Ordinal))
        {
            _broken = "";
            throw new InvalidOperationException($"{call} was scripted to fail");
        }
    }
}
