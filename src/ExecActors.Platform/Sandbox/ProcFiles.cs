using System.Text;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>What of a sandbox's own /proc belongs to the machine and not to a process: it can be read there and not be written.</summary>
/// <remarks>
/// A pid namespace has a /proc of its own, but its sysctls, interrupts and the like are those of the one kernel. They belong to the user root, and a program
/// of that user may write them without any capability, in a user namespace too. What belongs to a process (/proc/self/oom_score_adj, comm) stays as it is.
/// </remarks>
public sealed class ProcFiles
{
    private const string Proc = "/proc";
    private const string Network = "/proc/self/net";
    private const int AnyMayWrite = 0x92; // 0222
    private const int MostDepth = 4;

    private readonly List<string> _words;

    private ProcFiles(List<string> words) => _words = words;

    /// <summary>Nothing is covered.</summary>
    public static ProcFiles None { get; } = new([]);

    /// <summary>Finds what this kernel has of them. Blocks for a fraction of a millisecond.</summary>
    /// <param name="sharesNetwork">
    /// Whether the sandbox has the host's network. What then can be written of it is in the directory of each process, where nothing can be mounted: if there
    /// is such a file, all of /proc is read-only.
    /// </param>
    public static ProcFiles Find(bool sharesNetwork)
    {
        var words = new List<string>();
        var hasSettings = false;
        foreach (var (name, type) in List(Proc, stopsAtProcesses: true))
        {
            var path = $"{Proc}/{name}";
            if (IsDirectory(path, type) || IsWritableFile(path, type))
            {
                words.AddRange(["--ro-bind-try", path, path]); // it goes with the module that made it, inside as well
                hasSettings |= name is "sys";
            }
        }

        // A /proc outside that hides something says nothing of what the new one inside has.
        return !hasSettings || (sharesNetwork && HoldsWritableFile(Network, MostDepth)) ? new ProcFiles(["--remount-ro", Proc]) : new ProcFiles(words);
    }

    internal void AddTo(List<string> words) => words.AddRange(_words);

    private static bool HoldsWritableFile(string directory, int depth) =>
        List(directory, stopsAtProcesses: false).Any(entry =>
            IsWritableFile($"{directory}/{entry.Name}", entry.Type)
            || (IsDirectory($"{directory}/{entry.Name}", entry.Type) && (depth == 0 || HoldsWritableFile($"{directory}/{entry.Name}", depth - 1))));

    private static bool IsDirectory(string path, byte type) =>
        type == Libc.DT_DIR || (type == Libc.DT_UNKNOWN && Libc.FileIdentity(CString.Of(path), out var facts) == 0 && facts.IsDirectory);

    private static bool IsWritableFile(string path, byte type) =>
        type is not (Libc.DT_DIR or Libc.DT_LNK) && Libc.FileIdentity(CString.Of(path), out var facts) == 0 && !facts.IsLink && !facts.IsDirectory
        && (facts.Mode & AnyMayWrite) != 0;

    // The kernel lists what is the machine's before the processes.
    private static unsafe List<(string Name, byte Type)> List(string directory, bool stopsAtProcesses)
    {
        var names = new List<(string Name, byte Type)>();
        var stream = Libc.OpenDirectoryStream(CString.Of(directory));
        if (stream is null)
        {
            return names;
        }

        try
        {
            while (Libc.ReadDirectory(stream, out var type) is { } name)
            {
                var text = Encoding.Latin1.GetString(name);
                if (stopsAtProcesses && char.IsAsciiDigit(text[0]))
                {
                    break;
                }

                if (text is not ("." or ".."))
                {
                    names.Add((text, type));
                }
            }
        }
        finally
        {
            _ = Libc.CloseDirectory(stream);
        }

        return names;
    }
}
