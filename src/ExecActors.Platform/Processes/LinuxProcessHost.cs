#pragma warning disable CA2000 // streams and pidfds pass to the child, which closes them; each failing path disposes them
using System.Diagnostics;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Starts processes and watches all of them with one thread. Safe to use from several threads.</summary>
/// <remarks>
/// Every child leads its own session and process group (pid = pgid = sid), has all signals at their defaults and none blocked, and no
/// descriptor but 0 to 2. Umask and limits are the server's. Whoever gets a child releases it; <see cref="Dispose"/> ends what is left.
/// With a sandbox the leader is bubblewrap, outside; the program and all it starts live in a pid namespace and are killed when bubblewrap ends.
/// </remarks>
public sealed class LinuxProcessHost : IProcessHost, IDisposable
{
    /// <summary>A machine that starts and ends many programs takes away under several plans in a row what they were to cover.</summary>
    private const int SandboxAttempts = 10;

    /// <summary>Only a process in an uninterruptible wait survives its SIGKILL that long; init will reap it.</summary>
    private static readonly TimeSpan _endPatience = TimeSpan.FromSeconds(5);

    /// <summary>No further attempt is begun after this.</summary>
    private static readonly TimeSpan _sandboxPatience = TimeSpan.FromSeconds(10);

    private readonly Action<int, Exception> _observerFailed;
    private readonly string _terminalShell = UserEntry.TerminalShell();
    private readonly Reactor _reactor;
    private readonly HashSet<ChildProcess> _children = [];
    private readonly ManualResetEventSlim _allGone = new();
    private readonly SpawnGate _gate = new(patience: TimeSpan.FromSeconds(1));
    private readonly DescriptorShelf? _shelf;
    private readonly SandboxedStart _sandboxes;
    private readonly Containment? _containment;
    private int _preparing;
    private bool _disposed;

    /// <summary>Starts the reactor's thread.</summary>
    /// <param name="observerFailed">
    /// Told the pid and the exception when an <see cref="IChildObserver"/> threw; its child is released then. Called on the reactor's thread; must not throw.
    /// </param>
    /// <param name="sandbox">How sandboxes are made; null for the bubblewrap on PATH. It is looked for at the first sandboxed start.</param>
    /// <param name="lifetime">What is done about descendants that leave their process group; null for nothing.</param>
    /// <param name="warn">Told, on any thread, what of <paramref name="lifetime"/> cannot be had here or has failed. Must not throw.</param>
    /// <exception cref="InvalidOperationException">No descriptor is left for the reactor.</exception>
    public LinuxProcessHost(
        Action<int, Exception> observerFailed, Bubblewrap? sandbox = null, LifetimeOptions? lifetime = null, Action<string>? warn = null)
    {
        ArgumentNullException.ThrowIfNull(observerFailed);
        _observerFailed = observerFailed;
        _sandboxes = new SandboxedStart(sandbox ?? new Bubblewrap(new SandboxOptions()));
        Libc.StopIgnoringChildren();
        _reactor = new Reactor();
        _shelf = DescriptorShelf.TryMake(); // after the reactor, which the host cannot be without
        _containment = lifetime is null or { Containment: ContainmentWay.Off } ? null : new Containment(lifetime, _reactor, warn ?? (_ => { }));
    }

    /// <summary>What is done about descendants that leave their group; null for nothing.</summary>
    internal Containment? Containment => _containment;

    /// <summary>The thread that watches descriptors; others may have it watch theirs.</summary>
    internal Reactor Reactor => _reactor;

    /// <summary>The pipes of children that flood them.</summary>
    internal WidePipes WidePipes { get; } = new();

    /// <summary>How often the reactor was woken so far; for tests of what an exchange costs.</summary>
    internal long ReactorWakes => _reactor.Wakes;

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The host has ended.</exception>
    public IChildProcess Start(ProcessSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        SpecCheck.Require(spec);
        var cwd = CString.Of(spec.Cwd.Span);
        SpecCheck.RequireDirectory(cwd);

        var mark = _containment?.NextMark(spec.Family as ProcessFamily) ?? default;
        var child = spec.IsSandboxed ? StartSandboxed(spec, mark) : StartPlain(spec, cwd, mark);
        lock (_children)
        {
            if (!_disposed)
            {
                _children.Add(child);
                return child;
            }
        }

        child.Destroy();
        throw new ObjectDisposedException(nameof(LinuxProcessHost));
    }

    /// <inheritdoc/>
    /// <remarks>The first one has the host get ready for starts, on a thread of the pool.</remarks>
    public IProcessFamily NewFamily()
    {
        if (_containment is null)
        {
            return new ProcessFamily(containment: null, default, number: 0);
        }

        if (Interlocked.Exchange(ref _preparing, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(containment => containment.Prepare(), _containment, preferLocal: false);
        }

        return _containment.NewFamily();
    }

    /// <summary>
    /// Kills the groups of all children that were not released, reaps them, closes everything and stops the thread. Waits at most 5 seconds for
    /// processes that do not die, and two more for descendants that left their group. No callbacks follow. Not to be called from a callback.
    /// </summary>
    public void Dispose()
    {
        ChildProcess[] left;
        lock (_children)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            left = [.. _children];
        }

        if (left.Length > 0)
        {
            _reactor.Post(() => Array.ForEach(left, child => child.KillAndRelease()));
            _allGone.Wait(_endPatience);
        }

        _containment?.Dispose();
        _reactor.Dispose();
        _shelf?.Dispose();
        _allGone.Dispose();
    }

    /// <summary>A child was reaped.</summary>
    internal void Forget(ChildProcess child)
    {
        lock (_children)
        {
            _children.Remove(child);
            if (_disposed && _children.Count == 0)
            {
                _allGone.Set();
            }
        }
    }

    /// <summary>Ends what descends from a process, by its mark.</summary>
    internal void EndMarked(ProcessMark mark) => _containment?.End(mark);

    internal void OnObserverFailed(int pid, Exception failure) => _observerFailed(pid, failure);

    private ChildProcess StartPlain(ProcessSpec spec, byte[] cwd, ProcessMark mark)
    {
        using var settings = new SpawnSettings(cwd);
        using var arguments = new NativeStrings([spec.Arg0 ?? spec.Argv[0], .. spec.Argv.Skip(1)]);
        using var environment = new NativeStrings([.. Environment(spec).Select(variable => $"{variable.Key}={variable.Value}")]);

        // The first candidate is looked for before the gate: a search over a dead mount must hold up nobody else.
        var search = new ProgramSearch(spec);
        using var candidates = search.Candidates().GetEnumerator();
        if (!candidates.MoveNext())
        {
            throw search.Failure();
        }

        var streams = Spawn(spec, settings, TryCandidates, out var pid);
        return Watch(pid, streams, sandbox: null, mark);

        int TryCandidates(DescriptorShelf? shelf)
        {
            settings.CloseTheRest();
            int errno;
            int started;
            while ((errno = settings.Spawn(candidates.Current, arguments, environment, out started, mark.Value, shelf)) != 0)
            {
                if (!search.IsWorthAnotherTry(errno))
                {
                    throw search.FailureOf(errno);
                }

                if (!candidates.MoveNext())
                {
                    throw search.Failure();
                }
            }

            return started;
        }
    }

    // The program is run, its directory entered and its PATH searched inside; here nothing of the client's is touched but for looking.
    private ChildProcess StartSandboxed(ProcessSpec spec, ProcessMark mark)
    {
        var begun = Stopwatch.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            if (TryStartSandboxed(spec, mark, out var child) is not { } failure)
            {
                return child!;
            }

            // Between the plan and the mounts something went that was to be covered, a socket for instance: planned anew, it is not there.
            if (attempt == SandboxAttempts || Stopwatch.GetElapsedTime(begun) > _sandboxPatience)
            {
                throw new ProcessStartException($"the sandbox could not be made: {failure}", 0) { IsOfSandbox = true };
            }
        }
    }

    /// <returns>Null with a child, or what bubblewrap said when it could not make the mounts.</returns>
    private string? TryStartSandboxed(ProcessSpec spec, ProcessMark mark, out ChildProcess? child)
    {
        var launch = _sandboxes.Prepare(spec, Environment(spec));
        try
        {
            using var settings = new SpawnSettings("/\0"u8);
            using var arguments = new NativeStrings(launch.Arguments);
            using var environment = new NativeStrings([]);
            var streams = Spawn(spec, settings, TryBubblewrap, out var pid);
            launch.CloseChildEnds();
            if (launch.AwaitReady())
            {
                child = Watch(pid, streams, launch, mark);
                return null;
            }

            ProcessGroup.KillAndReap(pid);
            var said = streams.ReadErrors();
            streams.Dispose();
            launch.Dispose();
            child = null;
            return said.Length == 0 ? "bubblewrap ended, or did not get on, and said nothing" : said;

            int TryBubblewrap(DescriptorShelf? shelf)
            {
                launch.AddTo(settings);
                return settings.Spawn(launch.Program, arguments, environment, out var started, mark.Value, shelf) is var errno and not 0
                    ? throw StartFailure.FromErrno(errno)
                    : started;
            }
        }
        catch
        {
            launch.Dispose();
            throw;
        }
    }

    /// <summary>Makes the streams and calls <paramref name="spawn"/>, which adds the rest of the descriptors and returns the pid.</summary>
    private StandardStreams Spawn(ProcessSpec spec, SpawnSettings settings, Func<DescriptorShelf?, int> spawn, out int pid)
    {
        var entered = _gate.TryEnter();
        StandardStreams? streams = null;
        try
        {
            streams = StandardStreams.Open(spec);
            streams.AddTo(settings);
            pid = spawn(entered ? _shelf : null);
            streams.CloseChildEnds();
            return streams;
        }
        catch
        {
            streams?.Dispose();
            throw;
        }
        finally
        {
            if (entered)
            {
                _gate.Exit();
            }
        }
    }

    private ChildProcess Watch(int pid, StandardStreams streams, SandboxLaunch? sandbox, ProcessMark mark)
    {
        // Nobody else waits for our children, so the pid is still this one's even if it has ended.
        var pidfd = Libc.PidfdOpen(pid);
        if (pidfd.IsInvalid)
        {
            var reason = Libc.LastErrno;
            ProcessGroup.KillAndReap(pid);
            streams.Dispose();
            throw StartFailure.FromErrno(reason);
        }

        var child = new ChildProcess(this, _reactor, pid, pidfd, streams, sandbox, mark);
        if (child.Register() is var errno and not 0)
        {
            child.Destroy();
            throw StartFailure.FromErrno(errno);
        }

        return child;
    }

    private IReadOnlyDictionary<string, string> Environment(ProcessSpec spec)
    {
        if (spec.Io != ProcessIo.Terminal)
        {
            return spec.Environment;
        }

        var variables = new Dictionary<string, string>(spec.Environment, StringComparer.Ordinal);
        variables.TryAdd("SHELL", _terminalShell);
        return variables;
    }
}
