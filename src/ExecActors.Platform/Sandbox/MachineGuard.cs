using System.Text;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>
/// Keeps requests that this process carries out itself from the machine's own state (<see cref="MachineState"/>): those whose policy limits no files, but
/// confines the programs of the same policy, which may not change it either.
/// </summary>
/// <remarks>What is held is judged by the place that the kernel says it has, as in <see cref="ViewGuard"/>: a link that a program turns leads past no judgement.</remarks>
public sealed class MachineGuard : IPlaceGuard
{
    private MachineGuard()
    {
    }

    /// <summary>The one there is: it knows nothing of requests.</summary>
    public static MachineGuard Instance { get; } = new();

    /// <inheritdoc/>
    public FileOutcome MayRead(SafeFileHandle held) => default;

    /// <inheritdoc/>
    public FileOutcome MayChange(SafeFileHandle held) => Judge(held, out _);

    /// <inheritdoc/>
    public FileOutcome MayMake(SafeFileHandle directory, ReadOnlySpan<byte> name) => Judge(directory, out _);

    /// <inheritdoc/>
    public FileOutcome MayTake(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        // Removing a tree goes into what is mounted in it.
        var outcome = Judge(directory, out var place);
        return outcome.Succeeded && MachineState.LiesBelow(place.Child(Encoding.Latin1.GetString(name[..^1]))) ? FileOutcome.Failed(Errno.EBUSY) : outcome;
    }

    private static FileOutcome Judge(SafeFileHandle held, out UnixPath place)
    {
        var isHere = LinuxFiles.TryLocate(held, out var path);
        place = isHere ? UnixPath.FromBytes(path) : UnixPath.Root;
        return !isHere ? FileOutcome.Failed(Errno.ENOENT)
            : MachineState.Holds(place) ? FileOutcome.Failed(Errno.EROFS)
            : default;
    }
}
