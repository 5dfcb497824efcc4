using System.Globalization;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>
/// A cgroup of version 2 below the program's own. The program enters it, so that everything it starts is born inside, and can be killed by one write,
/// whatever it does.
/// </summary>
internal sealed class CgroupLeaf
{
    private const string Self = "0";
    private const string Members = "cgroup.procs";
    private const short POLLPRI = 2;

    private CgroupLeaf(string parent, string path)
    {
        Parent = parent;
        Path = path;
    }

    /// <summary>The directory that it was made in, and that this program came from.</summary>
    public string Parent { get; }

    /// <summary>Its directory.</summary>
    public string Path { get; }

    /// <summary>Makes one and enters it. Takes some 10 ms, for the kernel waits until nobody forks.</summary>
    /// <param name="parent">The directory of the program's cgroup; null when there is none.</param>
    /// <param name="whyNot">What stands against it; null when it was made.</param>
    public static CgroupLeaf? TryMake(string? parent, out string? whyNot)
    {
        if (Plan(parent, out whyNot) is not { } leaf || !leaf.Make(out whyNot))
        {
            return null;
        }

        if (leaf.Enter() is var errno and not 0)
        {
            leaf.TryRemove();
            whyNot = $"{leaf.Parent} cannot be divided: {OsError.Describe(errno)}";
            return null;
        }

        return leaf;
    }

    /// <summary>One that is not made yet, but has its name: whoever is to remove it can know that before it is there.</summary>
    /// <inheritdoc cref="TryMake"/>
    public static CgroupLeaf? Plan(string? parent, out string? whyNot)
    {
        whyNot = parent is null ? "cgroup v2 is not mounted" : null;
        return parent is null
            ? null
            : new CgroupLeaf(
                parent, System.IO.Path.Join(parent, string.Create(CultureInfo.InvariantCulture, $"execactors-{Environment.ProcessId}-{Random.Shared.Next():x8}")));
    }

    /// <summary>Makes it, still empty.</summary>
    /// <param name="whyNot">What stands against it; null when it was made.</param>
    public bool Make(out string? whyNot)
    {
        if (Libc.MakeDirectory(CString.Of(Path), 0x1ED /* 0755 */) < 0)
        {
            whyNot = $"{Parent} cannot be written: {OsError.Describe(Libc.LastErrno)}";
            return false;
        }

        if (!File.Exists(Kill))
        {
            TryRemove();
            whyNot = $"{Parent} has no cgroup.kill, which came with Linux 5.14";
            return false;
        }

        whyNot = null;
        return true;
    }

    private string Kill => System.IO.Path.Join(Path, "cgroup.kill");

    private string ParentMembers => System.IO.Path.Join(Parent, Members);

    /// <summary>Moves this program in.</summary>
    /// <returns>0 or an errno.</returns>
    public int Enter() => KernelFile.Write(System.IO.Path.Join(Path, Members), Self);

    /// <summary>Moves this program back to where it was.</summary>
    /// <returns>0 or an errno.</returns>
    public int Leave() => KernelFile.Write(ParentMembers, Self);

    /// <summary>Kills all that is inside and waits for their end. This program must have left.</summary>
    /// <returns>Whether nobody is left inside.</returns>
    public bool KillAll(TimeSpan patience) => Empty(() => KernelFile.Write(Kill, "1"), patience);

    /// <summary>Moves all that was born inside to where this program was, and waits for what is just ending. This program must have left.</summary>
    /// <returns>Whether nobody is left inside.</returns>
    public bool MoveAllOut(TimeSpan patience) => Empty(
        () =>
        {
            foreach (var pid in KernelFile.ReadLines(System.IO.Path.Join(Path, Members)))
            {
                _ = KernelFile.Write(ParentMembers, pid);
            }
        },
        patience);

    /// <summary>Removes it; one that somebody is inside stays.</summary>
    public bool TryRemove() => Libc.RemoveDirectory(CString.Of(Path)) == 0;

    // A thread that is ending does not move with its process, so that the cgroup may be populated for a moment after its last member has left.
    private bool Empty(Action act, TimeSpan patience)
    {
        var events = System.IO.Path.Join(Path, "cgroup.events");
        using var watch = Libc.OpenAt(Libc.NoDirectory, CString.Of(events), Libc.O_RDONLY);
        var deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        var buffer = new byte[256];
        for (act(); !IsEmpty(events); act())
        {
            var left = deadline - Environment.TickCount64;
            if (left <= 0 || watch.IsInvalid)
            {
                return false;
            }

            _ = Libc.Rewind(watch);
            _ = Libc.Read(watch, buffer); // from here on a change is told
            _ = IsEmpty(events) || Libc.PollFor(watch, POLLPRI, (int)left) < 0;
        }

        return true;
    }

    private static bool IsEmpty(string events) => KernelFile.ReadLines(events).Contains("populated 0", StringComparer.Ordinal);
}
