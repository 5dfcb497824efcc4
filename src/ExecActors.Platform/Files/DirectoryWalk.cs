using System.Text;
using System.Text.Unicode;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>How far a walk goes.</summary>
/// <param name="MaxDepth">0 for the root's children only, 1 for theirs too, and so on.</param>
/// <param name="MaxDirectories">How many directories are read, the root being the first.</param>
/// <param name="MaxEntries">How many entries are looked at, those that are not shown included; links that lead nowhere are none.</param>
/// <param name="FollowLinks">Whether links to directories are shown and entered.</param>
/// <param name="PruneHidden">Whether directories whose name begins with a dot are not entered.</param>
public sealed record WalkLimits(int MaxDepth, int MaxDirectories, int MaxEntries, bool FollowLinks, bool PruneHidden);

/// <summary>A file or directory that a walk met.</summary>
/// <param name="Path">Absolute, by way of the links that were followed.</param>
/// <param name="IsDirectory">Otherwise it is a regular file.</param>
public readonly record struct WalkEntry(byte[] Path, bool IsDirectory);

/// <summary>Something that a walk could not look at.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Errno">Why.</param>
public readonly record struct WalkError(byte[] Path, int Errno);

/// <summary>What a walk found.</summary>
/// <param name="Entries">Breadth first, and by the bytes of their names inside one directory.</param>
/// <param name="Errors">In the same order.</param>
/// <param name="Truncated">Whether a limit on directories or entries cut the walk short; the one on depth does not count.</param>
public sealed record WalkResult(IReadOnlyList<WalkEntry> Entries, IReadOnlyList<WalkError> Errors, bool Truncated);

/// <summary>One walk.</summary>
internal sealed class DirectoryWalk(WalkLimits limits, IPlaceGuard? guard)
{
    private readonly List<WalkEntry> _entries = [];
    private readonly List<WalkError> _errors = [];
    private readonly Queue<(byte[] Path, int Depth)> _queue = new();
    private readonly HashSet<FileIdentity> _entered = [];
    private int _opened;
    private int _examined;
    private bool _truncated;

    /// <summary>Walks from a directory; a root that is none has nothing below it.</summary>
    public WalkResult Run(byte[] root)
    {
        _queue.Enqueue((root, 0));
        while (!_truncated && _queue.TryDequeue(out var next))
        {
            if (!limits.FollowLinks || IsNew(next.Path))
            {
                Enter(next.Path, next.Depth);
            }
        }

        return new WalkResult(_entries, _errors, _truncated);
    }

    // Links may lead to one directory twice, or to one that the walk is in.
    private bool IsNew(byte[] path) =>
        Libc.StatusAt(Libc.NoDirectory, CString.Of(path), 0, out var status) < 0 || _entered.Add(status.Identity);

    private void Enter(byte[] path, int depth)
    {
        if (_opened == limits.MaxDirectories)
        {
            _truncated = true;
            return;
        }

        _opened++;
        var outcome = DirectoryReader.Open(path, limits.FollowLinks, guard, out var reader);
        using var closesReader = reader;
        if (reader is null)
        {
            _errors.Add(new WalkError(path, outcome.Errno));
            return;
        }

        var names = SortedNames(reader, out var isCut);
        foreach (var (name, type) in names)
        {
            if (type == Libc.DT_LNK && Libc.StatusAt(reader.Descriptor, name, 0, out _) < 0)
            {
                continue; // leads nowhere
            }

            if (_examined == limits.MaxEntries)
            {
                _truncated = true;
                return;
            }

            _examined++;
            Examine(reader, path, name, type, depth);
        }

        _truncated |= isCut;

        if (reader.Errno != 0)
        {
            _errors.Add(new WalkError(path, reader.Errno));
        }
    }

    private void Examine(DirectoryReader directory, byte[] parent, byte[] name, byte type, int depth)
    {
        var text = name.AsSpan(0, name.Length - 1);
        if (!Utf8.IsValid(text))
        {
            // The protocol shows such a name with U+FFFD, and nothing has that name.
            _errors.Add(new WalkError(NativePath.Join(parent, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text))), Errno.ENOENT));
            return;
        }

        if (type == Libc.DT_UNKNOWN)
        {
            if (Libc.StatusAt(directory.Descriptor, name, Libc.AT_SYMLINK_NOFOLLOW, out var status) < 0)
            {
                _errors.Add(new WalkError(NativePath.Join(parent, text), Libc.LastErrno));
                return;
            }

            type = status.IsDirectory ? Libc.DT_DIR : status.IsRegular ? Libc.DT_REG : status.IsLink ? Libc.DT_LNK : type;
        }

        if (type == Libc.DT_LNK && limits.FollowLinks
            && Libc.StatusAt(directory.Descriptor, name, 0, out var target) == 0 && target.IsDirectory)
        {
            type = Libc.DT_DIR;
        }

        if (type is not (Libc.DT_DIR or Libc.DT_REG))
        {
            return;
        }

        var path = NativePath.Join(parent, text);
        _entries.Add(new WalkEntry(path, type == Libc.DT_DIR));
        if (type == Libc.DT_DIR && depth < limits.MaxDepth && !(limits.PruneHidden && text[0] == (byte)'.'))
        {
            _queue.Enqueue((path, depth + 1));
        }
    }

    /// <summary>The names with their closing NUL and their DT_… types, as many of the first as the walk may still look at and one more.</summary>
    private List<(byte[] Name, byte Type)> SortedNames(DirectoryReader reader, out bool isCut)
    {
        isCut = false;
        var wanted = limits.MaxEntries - _examined + 1;
        var names = new List<(byte[] Name, byte Type)>();
        while (reader.MoveNext())
        {
            names.Add((reader.NameWithNul.ToArray(), reader.Type));
            if (names.Count >= 2 * Math.Max(wanted, 1024))
            {
                isCut |= Keep(names, wanted); // a directory of millions must not fill the memory
            }
        }

        isCut |= Keep(names, wanted);
        return names;
    }

    private static bool Keep(List<(byte[] Name, byte Type)> names, int wanted)
    {
        names.Sort((left, right) => left.Name.AsSpan().SequenceCompareTo(right.Name));
        var isCut = names.Count > wanted;
        if (isCut)
        {
            names.RemoveRange(wanted, names.Count - wanted);
        }

        return isCut;
    }
}
