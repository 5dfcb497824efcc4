using System.Text;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>What of a sandbox's own /proc belongs to the machine and not to a process: it can be read there and not be written.</summary>
/// <remarks>
/// A pid namespace has a /proc of its own, but its sysctls, interrupts and the like are those of the one kernel. They belong to the user root, and a program
/// of that user may write them without any capability, in a user namespace too. What belongs to a process (/proc/self/oom_score_adj, comm) stays as it is.
/// </remarks>
public sealed class ProcFiles
{
    private const string Proc = "/proc";
    private const uint AnyMayWrite = 0x92; // 0222
    private const int MostDepth = 4;
    private const int MostNames = 64; // a mount costs as much as a look at some hundred; in /proc/fs each disk has its own

    private readonly List<string> _words;

    private ProcFiles(List<string> words) => _words = words;

    /// <summary>Nothing is covered.</summary>
    public static ProcFiles None { get; } = new([]);

    /// <summary>Finds what this kernel has of them now: files that can be written, and directories with such a file. Blocks for a fraction of a millisecond.</summary>
    /// <param name="sharesNetwork">
    /// Whether the sandbox has the host's network. What then can be written of it is in the directory of each process, where nothing can be mounted: if there
    /// is such a file, all of /proc is read-only.
    /// </param>
    public static ProcFiles Find(bool sharesNetwork)
    {
        var words = new List<string>();
        var hasSettings = false;
        _ = DirectoryReader.Open("/proc"u8, followLink: true, guard: null, out var opened);
        using var reader = opened;

        // The kernel lists what is the machine's before the processes.
        while (reader is not null && reader.MoveNext() && !char.IsAsciiDigit((char)reader.Name[0]))
        {
            var left = MostNames;
            if (CanBeWritten(reader, MostDepth, ref left))
            {
                var path = $"{Proc}/{Encoding.Latin1.GetString(reader.Name)}";
                words.AddRange(["--ro-bind-try", path, path]); // it goes with the module that made it, inside as well
                hasSettings |= reader.Name.SequenceEqual("sys"u8);
            }
        }

        // A /proc outside that hides something says nothing of what the new one inside has.
        return !hasSettings || (sharesNetwork && NetworkCanBeWritten()) ? new ProcFiles(["--remount-ro", Proc]) : new ProcFiles(words);
    }

    /// <summary>The paths that are covered one by one.</summary>
    internal IEnumerable<string> Paths => _words.Where(word => word.StartsWith(Proc + "/", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal);

    internal void AddTo(List<string> words) => words.AddRange(_words);

    private static bool NetworkCanBeWritten()
    {
        var left = int.MaxValue;
        return AnyCanBeWritten(Libc.NoDirectory, "/proc/self/net\0"u8, MostDepth, ref left);
    }

    // Where it would take a long look to tell, it is said to be so.
    private static bool CanBeWritten(DirectoryReader at, int depth, ref int left)
    {
        if (at.Type == Libc.DT_LNK || left-- <= 0)
        {
            return at.Type != Libc.DT_LNK;
        }

        if (at.Type == Libc.DT_DIR)
        {
            return depth == 0 || AnyCanBeWritten(at.Descriptor, at.NameWithNul, depth - 1, ref left);
        }

        return Libc.StatusAt(at.Descriptor, at.NameWithNul, Libc.AT_SYMLINK_NOFOLLOW, out var status) == 0
            && !status.IsLink && (status.IsDirectory || (status.Permissions & AnyMayWrite) != 0);
    }

    private static bool AnyCanBeWritten(SafeFileHandle from, ReadOnlySpan<byte> name, int depth, ref int left)
    {
        _ = DirectoryReader.Open(from, name, followLink: false, guard: null, out var opened);
        using var reader = opened;
        while (reader is not null && reader.MoveNext())
        {
            if (CanBeWritten(reader, depth, ref left))
            {
                return true;
            }
        }

        return reader is null || reader.Errno != 0;
    }
}
