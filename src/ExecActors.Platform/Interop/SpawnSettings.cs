using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>
/// How a child is started: a new session, every signal at its default and none blocked, a working directory,
/// and no descriptor but 0 to 2. The holder disposes it.
/// </summary>
internal sealed unsafe class SpawnSettings : IDisposable
{
    // glibc needs 336 and 80 bytes for its two structures and 128 for a sigset_t.
    private const int AttributeBytes = 512;
    private const int ActionBytes = 128;
    private const int SignalSetBytes = 128;

    private readonly byte* _cwd;
    private readonly List<Step> _steps = new(4);
    private readonly List<SafeFileHandle> _sources = new(3);

    /// <summary>The working directory comes first, so that it does not matter how later actions name files.</summary>
    /// <param name="cwd">A path with its closing NUL.</param>
    public SpawnSettings(ReadOnlySpan<byte> cwd) => _cwd = Copy(cwd);

    private enum StepKind
    {
        Duplicate,
        DuplicateSource,
        Open,
        CloseFrom,
    }

    /// <summary>The child's <paramref name="target"/> is a copy of our <paramref name="source"/>, which stays open until the child is started.</summary>
    public void Duplicate(SafeFileHandle source, int target)
    {
        _steps.Add(new Step(StepKind.DuplicateSource, target, _sources.Count));
        _sources.Add(source);
    }

    /// <summary>The child's <paramref name="target"/> is a copy of its <paramref name="source"/>.</summary>
    public void Duplicate(int source, int target) => _steps.Add(new Step(StepKind.Duplicate, target, source));

    /// <summary>The child opens a file as <paramref name="target"/>; <paramref name="path"/> has its closing NUL.</summary>
    public void Open(int target, ReadOnlySpan<byte> path, int flags) => _steps.Add(new Step(StepKind.Open, target, flags, Copy(path)));

    /// <summary>Everything above standard error is closed in the child. Add it last.</summary>
    public void CloseTheRest() => CloseFrom(3);

    /// <summary>Every descriptor from this one on is closed in the child. Add it last.</summary>
    public void CloseFrom(int lowest) => _steps.Add(new Step(StepKind.CloseFrom, lowest));

    /// <summary>Starts the child; returns when it runs the program or could not.</summary>
    /// <param name="program">Its path with a closing NUL.</param>
    /// <param name="arguments">Its own name first.</param>
    /// <param name="environment">All of it.</param>
    /// <param name="pid">The child.</param>
    /// <param name="mark">As <see cref="MarkGate.Enter"/>; without effect where marks are not in use.</param>
    /// <param name="shelf">With it the child copies no more than this program's lowest descriptors; without it, or where that cannot be had, all of them.</param>
    /// <returns>0, or the errno of whichever step failed in the child.</returns>
    public int Spawn(
        ReadOnlySpan<byte> program, NativeStrings arguments, NativeStrings environment, out int pid, ulong mark = 0, DescriptorShelf? shelf = null)
    {
        var started = 0;
        var pass = MarkGate.Enter(mark);
        fixed (byte* path = program)
        {
            try
            {
                var errno = RunScript(shelf, path, arguments.Vector, environment.Vector, out started)
                    ?? PosixSpawn(path, arguments.Vector, environment.Vector, out started);
                return errno != 0 ? errno : pass.Started(started);
            }
            finally
            {
                pid = started;
                pass.Leave();
            }
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(_cwd);
        foreach (var step in _steps)
        {
            NativeMemory.Free(step.Path);
        }

        _steps.Clear();
    }

    private static byte* Copy(ReadOnlySpan<byte> path)
    {
        var copy = (byte*)NativeMemory.Alloc((nuint)path.Length);
        path.CopyTo(new Span<byte>(copy, path.Length));
        return copy;
    }

    private static void Require(int errno)
    {
        if (errno != 0)
        {
            throw new ProcessStartException(OsError.Describe(errno), errno); // only ENOMEM can get here
        }
    }

    /// <returns>As <see cref="Spawn"/>; null when the child cannot be made this way.</returns>
    private int? RunScript(DescriptorShelf? shelf, byte* program, byte** arguments, byte** environment, out int pid)
    {
        pid = 0;
        if (shelf is not { IsInVain: false } || !_steps.TrueForAll(step => step.IsForScript(shelf)) || !shelf.TryPut(_sources))
        {
            return null;
        }

        try
        {
            using var script = new ChildScript(2 * _steps.Count, shelf.Highest);
            script.ChangeDirectory(_cwd);
            foreach (var step in _steps)
            {
                switch (step.Kind)
                {
                    case StepKind.Duplicate:
                        script.Duplicate(step.Value, step.Target);
                        break;
                    case StepKind.DuplicateSource:
                        script.Duplicate(shelf[step.Value], step.Target);
                        break;
                    case StepKind.Open:
                        script.OpenStandardInput(step.Path, step.Value);
                        break;
                    case StepKind.CloseFrom:
                        script.CloseFrom(step.Target);
                        break;
                    default:
                        throw new UnreachableException();
                }
            }

            // Last, for the numbers on the shelf may lie above it.
            var limits = stackalloc ulong[2];
            if (OpenFiles.OfChildren is { } soft && Libc.OpenFiles(0) is { } own)
            {
                (limits[0], limits[1]) = (soft, own.Hard);
                script.LimitOpenFiles(limits);
            }

            var errno = script.Run(program, arguments, environment, out pid);
            if (errno is null)
            {
                shelf.GiveUp();
            }

            return errno;
        }
        finally
        {
            shelf.Clear(_sources.Count);
        }
    }

    private int PosixSpawn(byte* program, byte** arguments, byte** environment, out int pid)
    {
        var attributes = stackalloc byte[AttributeBytes];
        var actions = stackalloc byte[ActionBytes];
        var signals = stackalloc byte[SignalSetBytes];
        Require(Libc.SpawnAttributesInit(attributes));
        Require(Libc.FileActionsInit(actions));
        try
        {
            const short flags = Libc.POSIX_SPAWN_SETSID | Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK;
            Require(Libc.SpawnAttributesSetFlags(attributes, flags));
            _ = Libc.SigEmptySet(signals);
            Require(Libc.SpawnAttributesSetSigMask(attributes, signals));

            // Not sigfillset(3), which leaves out the two signals of the thread library: those would stay ignored in the child.
            new Span<byte>(signals, SignalSetBytes).Fill(0xFF);
            Require(Libc.SpawnAttributesSetSigDefault(attributes, signals));
            Require(Libc.FileActionsAddChdir(actions, _cwd));
            foreach (var step in _steps)
            {
                Require(step.Kind switch
                {
                    StepKind.Duplicate => Libc.FileActionsAddDup2(actions, step.Value, step.Target),
                    StepKind.DuplicateSource => Libc.FileActionsAddDup2(actions, (int)_sources[step.Value].DangerousGetHandle(), step.Target),
                    StepKind.Open => Libc.FileActionsAddOpen(actions, step.Target, step.Path, step.Value, mode: 0),
                    StepKind.CloseFrom => Libc.FileActionsAddCloseFrom(actions, step.Target),
                    _ => throw new UnreachableException(),
                });
            }

            var errno = Libc.PosixSpawn(out pid, program, actions, attributes, arguments, environment);
            if (errno == 0 && OpenFiles.OfChildren is { } soft)
            {
                _ = Libc.SetOpenFiles(pid, soft); // posix_spawn(3) has no word for it, so the program may have run for a moment
            }

            return errno;
        }
        finally
        {
            _ = Libc.SpawnAttributesDestroy(attributes);
            _ = Libc.FileActionsDestroy(actions);
        }
    }

    /// <param name="kind">What the child does.</param>
    /// <param name="target">The descriptor it then has, or the first that it has no more.</param>
    /// <param name="value">A descriptor of the child, the index of one of ours, or the flags of an opening.</param>
    /// <param name="path">Of the file that is opened, with its closing NUL.</param>
    private readonly struct Step(StepKind kind, int target, int value = 0, byte* path = null)
    {
        public StepKind Kind => kind;

        public int Target => target;

        public int Value => value;

        public byte* Path => path;

        /// <summary>Whether it keeps clear of the shelf, and opens nothing but standard input.</summary>
        public bool IsForScript(DescriptorShelf shelf) => target < shelf.Lowest && (kind != StepKind.Open || target == 0);
    }
}
