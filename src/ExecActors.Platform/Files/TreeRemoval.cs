#pragma warning disable CA2000 // readers pass to a level; Dispose closes those that are left
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>Removes a directory and everything below it, however deep, without ever leaving it.</summary>
/// <remarks>
/// Every name is taken relative to the descriptor of the directory it was found in, and directories are opened with O_NOFOLLOW: a link that
/// somebody swaps in meanwhile is removed itself. Only the lowest levels stay open; a higher one is opened again by <c>..</c> and must still be
/// the same directory. What vanishes meanwhile is fine; the first thing that cannot be removed ends the removal.
/// </remarks>
/// <param name="isClaimed">Whether the caller has claimed the directory itself (<see cref="PlaceholderClaim"/>).</param>
internal sealed class TreeRemoval(bool isClaimed) : IDisposable
{
    private const int MostOpen = 32;

    /// <summary>How often a directory is read again because it was not empty after all; somebody may go on filling it.</summary>
    private const int MostReads = 4;

    private readonly List<Level> _levels = [];

    /// <summary>Removes a directory.</summary>
    /// <param name="parent">The directory it is in.</param>
    /// <param name="name">Its name, with a closing NUL.</param>
    public FileOutcome Run(SafeFileHandle parent, byte[] name)
    {
        var outcome = Enter(parent, name, reads: 1);
        while (outcome.Succeeded && _levels.Count > 0)
        {
            var reader = _levels[^1].Reader!;
            if (reader.MoveNext())
            {
                outcome = RemoveEntry(reader);
            }
            else
            {
                outcome = reader.Errno == 0 ? Leave(parent) : FileOutcome.Failed(reader.Errno);
            }
        }

        return outcome;
    }

    public void Dispose()
    {
        foreach (var level in _levels)
        {
            level.Reader?.Dispose();
        }

        _levels.Clear();
    }

    private FileOutcome RemoveEntry(DirectoryReader reader)
    {
        var isDirectory = reader.Type == Libc.DT_DIR;
        if (!isDirectory)
        {
            var outcome = Gone(Libc.UnlinkAt(reader.Descriptor, reader.NameWithNul, 0));
            if (outcome.Errno != Errno.EISDIR)
            {
                return outcome;
            }
        }

        return Enter(reader.Descriptor, reader.NameWithNul.ToArray(), reads: 1);
    }

    private FileOutcome Enter(SafeFileHandle directory, byte[] name, int reads)
    {
        var opened = Libc.OpenAt(directory, name, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        if (opened.IsInvalid)
        {
            return Libc.LastErrno switch
            {
                Errno.ENOENT => default,
                Errno.ENOTDIR or Errno.ELOOP => Gone(Libc.UnlinkAt(directory, name, 0)), // something else has the name now
                Errno.EACCES when Libc.UnlinkAt(directory, name, Libc.AT_REMOVEDIR) == 0 => default, // unreadable, but empty
                Errno.EACCES => FileOutcome.Failed(Errno.EACCES),
                var errno => FileOutcome.Failed(errno),
            };
        }

        var outcome = Libc.Status(opened, out var status) < 0 ? FileOutcome.LastError
            : _levels.Count == 0 && isClaimed ? default
            : PlaceholderClaim.Of(opened, status);
        if (!outcome.Succeeded)
        {
            opened.Dispose();
            return outcome;
        }

        _levels.Add(new Level(name, status.Identity, reads) { Reader = new DirectoryReader(opened) });
        if (_levels.Count > MostOpen)
        {
            var high = _levels[^(MostOpen + 1)];
            high.Reader?.Dispose();
            high.Reader = null;
        }

        return default;
    }

    private FileOutcome Leave(SafeFileHandle parent)
    {
        var level = _levels[^1];
        using var reader = level.Reader;
        _levels.RemoveAt(_levels.Count - 1);
        var outcome = _levels.Count == 0 ? default : Reopen(_levels[^1], reader!.Descriptor);
        if (!outcome.Succeeded)
        {
            return outcome;
        }

        var above = _levels.Count == 0 ? parent : _levels[^1].Reader!.Descriptor;
        outcome = Gone(Libc.UnlinkAt(above, level.Name, Libc.AT_REMOVEDIR));
        return outcome.Errno switch
        {
            Errno.ENOTEMPTY or Errno.EEXIST when level.Reads < MostReads => Enter(above, level.Name, level.Reads + 1),
            Errno.ENOTDIR => Gone(Libc.UnlinkAt(above, level.Name, 0)), // something else has the name now
            _ => outcome,
        };
    }

    private static FileOutcome Reopen(Level level, SafeFileHandle below)
    {
        if (level.Reader is not null)
        {
            return default;
        }

        var opened = Libc.OpenAt(below, "..\0"u8, Libc.O_RDONLY | Libc.O_DIRECTORY);
        var outcome = opened.IsInvalid || Libc.Status(opened, out var status) < 0 ? FileOutcome.LastError
            : status.Identity == level.Identity ? default
            : FileOutcome.Failed(Errno.ESTALE); // the directory below was moved out of the tree
        if (outcome.Succeeded)
        {
            level.Reader = new DirectoryReader(opened);
        }
        else
        {
            opened.Dispose();
        }

        return outcome;
    }

    private static FileOutcome Gone(int result) => result < 0 && Libc.LastErrno != Errno.ENOENT ? FileOutcome.LastError : default;

    private sealed class Level(byte[] name, FileIdentity identity, int reads)
    {
        public byte[] Name => name;

        public FileIdentity Identity => identity;

        public int Reads => reads;

        /// <summary>Null while the level is closed to save its descriptor.</summary>
        public DirectoryReader? Reader { get; set; }
    }
}
