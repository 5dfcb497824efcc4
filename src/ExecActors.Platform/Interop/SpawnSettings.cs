using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>
/// The attributes and file actions of one posix_spawn(3): a new session, every signal at its default and none blocked, a working directory,
/// and no descriptor but 0 to 2. The holder disposes it.
/// </summary>
internal sealed unsafe class SpawnSettings : IDisposable
{
    // glibc needs 336 and 80 bytes for its two structures and 128 for a sigset_t.
    private const int AttributeBytes = 512;
    private const int ActionBytes = 128;
    private const int SignalSetBytes = 128;

    private readonly byte* _block;
    private readonly void* _attributes;
    private readonly void* _actions;

    /// <summary>The working directory comes first, so that it does not matter how later actions name files.</summary>
    /// <param name="cwd">A path with its closing NUL.</param>
    public SpawnSettings(ReadOnlySpan<byte> cwd)
    {
        _block = (byte*)NativeMemory.AllocZeroed(AttributeBytes + ActionBytes + SignalSetBytes);
        _attributes = _block;
        _actions = _block + AttributeBytes;
        var signals = _block + AttributeBytes + ActionBytes;

        Require(Libc.SpawnAttributesInit(_attributes));
        Require(Libc.FileActionsInit(_actions));
        const short flags = Libc.POSIX_SPAWN_SETSID | Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK;
        Require(Libc.SpawnAttributesSetFlags(_attributes, flags));
        _ = Libc.SigEmptySet(signals);
        Require(Libc.SpawnAttributesSetSigMask(_attributes, signals));

        // Not sigfillset(3), which leaves out the two signals of the thread library: those would stay ignored in the child.
        new Span<byte>(signals, SignalSetBytes).Fill(0xFF);
        Require(Libc.SpawnAttributesSetSigDefault(_attributes, signals));

        fixed (byte* path = cwd)
        {
            Require(Libc.FileActionsAddChdir(_actions, path));
        }
    }

    /// <summary>The child's <paramref name="target"/> is a copy of our <paramref name="source"/>.</summary>
    public void Duplicate(SafeFileHandle source, int target) =>
        Require(Libc.FileActionsAddDup2(_actions, (int)source.DangerousGetHandle(), target));

    /// <summary>The child's <paramref name="target"/> is a copy of its <paramref name="source"/>.</summary>
    public void Duplicate(int source, int target) => Require(Libc.FileActionsAddDup2(_actions, source, target));

    /// <summary>The child opens a file as <paramref name="target"/>; <paramref name="path"/> has its closing NUL.</summary>
    public void Open(int target, ReadOnlySpan<byte> path, int flags)
    {
        fixed (byte* start = path)
        {
            Require(Libc.FileActionsAddOpen(_actions, target, start, flags, mode: 0));
        }
    }

    /// <summary>Everything above standard error is closed in the child. Add it last.</summary>
    public void CloseTheRest() => CloseFrom(3);

    /// <summary>Every descriptor from this one on is closed in the child. Add it last.</summary>
    public void CloseFrom(int lowest) => Require(Libc.FileActionsAddCloseFrom(_actions, lowest));

    /// <summary>posix_spawn(3); returns when the child runs the program or could not.</summary>
    /// <param name="program">Its path with a closing NUL.</param>
    /// <param name="arguments">Its own name first.</param>
    /// <param name="environment">All of it.</param>
    /// <param name="pid">The child.</param>
    /// <param name="mark">As <see cref="MarkGate.Enter"/>; without effect where marks are not in use.</param>
    /// <returns>0, or the errno of whichever step failed in the child.</returns>
    public int Spawn(ReadOnlySpan<byte> program, NativeStrings arguments, NativeStrings environment, out int pid, ulong mark = 0)
    {
        var started = 0;
        var pass = MarkGate.Enter(mark);
        fixed (byte* path = program)
        {
            try
            {
                return Libc.PosixSpawn(out started, path, _actions, _attributes, arguments.Vector, environment.Vector) is var errno and not 0
                    ? errno
                    : pass.Started(started);
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
        _ = Libc.SpawnAttributesDestroy(_attributes);
        _ = Libc.FileActionsDestroy(_actions);
        NativeMemory.Free(_block);
    }

    private static void Require(int errno)
    {
        if (errno != 0)
        {
            throw new ProcessStartException(OsError.Describe(errno), errno); // only ENOMEM can get here
        }
    }
}
