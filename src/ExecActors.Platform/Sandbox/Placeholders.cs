using System.Text;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>
/// Empty directories made for a while at paths that a sandboxed program must not make, so that something read-only can be mounted there.
/// The holder disposes it after the program has ended.
/// </summary>
/// <remarks>
/// A mount needs something to lie on, and removing that takes the mount away in every sandbox. So each holder, of whatever server, keeps a shared
/// lock (flock) on the directory, and only one that can turn its lock into an exclusive one removes it. A placeholder is known by being empty
/// and by its mode, with a sticky bit that means nothing where only the owner may write: what a server left behind when it was killed is taken
/// over, and a directory that somebody put something into stays.
/// </remarks>
internal sealed class Placeholders : IDisposable
{
    private const uint Mode = 0x3ED; // 01755: the owner may still put something in from outside
    private const int OthersMayWrite = 0x12;
    private const int Attempts = 1000;

    private readonly List<(UnixPath Path, SafeFileHandle Handle)> _held = [];
    private readonly IReadOnlyCollection<UnixPath> _relied;
    private bool _released;

    private Placeholders(IReadOnlyCollection<UnixPath> relied)
    {
        _relied = relied;
        ReliedPlaces.Hold(relied);
    }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _held.Count == 0;

    /// <summary>Whether a directory is such a placeholder, of this server or another one.</summary>
    public static unsafe bool IsOne(UnixPath path, FileFacts identity)
    {
        if (!identity.IsDirectory || (identity.Mode & (Libc.S_ISVTX | OthersMayWrite)) != Libc.S_ISVTX)
        {
            return false;
        }

        var stream = Libc.OpenDirectoryStream(path.ToCString());
        if (stream is null)
        {
            return false;
        }

        try
        {
            while (Libc.ReadDirectory(stream, out _) is { } name)
            {
                if (Encoding.Latin1.GetString(name) is not ("." or ".."))
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            _ = Libc.CloseDirectory(stream);
        }
    }

    /// <summary>Where there is one now, and the directory itself; it stays with this.</summary>
    public IReadOnlyList<(UnixPath Path, SafeFileHandle Handle)> Held => _held;

    /// <summary>
    /// Makes or takes over a placeholder at each path, and keeps it from being removed by other servers. Where this user may make nothing, its
    /// sandboxed programs may not either, and none is needed.
    /// </summary>
    /// <param name="paths">Where they are to stand.</param>
    /// <param name="walls">What else the program is kept in by: no directory at or above one is removed or renamed by this process until they are let go.</param>
    /// <exception cref="SandboxException">One can be neither made nor opened; nothing is held then.</exception>
    public static Placeholders Hold(IReadOnlyList<UnixPath> paths, IReadOnlyList<UnixPath>? walls = null)
    {
        var placeholders = new Placeholders([.. paths, .. walls ?? []]);
        try
        {
            foreach (var path in paths)
            {
                placeholders.HoldOne(path);
            }

            return placeholders;
        }
        catch
        {
            placeholders.Dispose();
            throw;
        }
    }

    /// <summary>Lets go; placeholders that nobody else holds and that are still empty are removed.</summary>
    public void Dispose()
    {
        foreach (var (path, handle) in _held)
        {
            if (Libc.TryLockExclusive(handle) == 0 && Libc.FileIdentity(handle, out var held) == 0
                && Libc.FileIdentity(path.ToCString(), out var present) == 0 && held.IsSameFile(present) && (present.Mode & Libc.S_ISVTX) != 0)
            {
                _ = Libc.RemoveDirectory(path.ToCString()); // ENOTEMPTY: somebody put something in, and it is theirs now
            }

            handle.Dispose();
        }

        _held.Clear();
        if (!_released)
        {
            _released = true;
            ReliedPlaces.Release(_relied);
        }
    }

    private void HoldOne(UnixPath path)
    {
        var name = path.ToCString();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var made = Libc.MakeDirectory(name, Mode);
            var errno = made == 0 ? 0 : Libc.LastErrno;
            if (errno is Errno.EACCES or Errno.EPERM or Errno.EROFS)
            {
                return;
            }

            if (errno is not (0 or Errno.EEXIST))
            {
                throw Failure(path, errno);
            }

            var handle = Libc.OpenDirectory(name);
            if (handle.IsInvalid)
            {
                errno = Libc.LastErrno;
                handle.Dispose();
                if (errno == Errno.ENOENT)
                {
                    continue; // its last holder has just removed it
                }

                throw Failure(path, errno);
            }

            // Locked first and looked at again after: a holder that lets go removes it under an exclusive lock. Not waited for: a program in
            // some sandbox can take that lock too, and would hold up every start.
            if (Libc.TryLockShared(handle) == 0 && Libc.FileIdentity(handle, out var held) == 0 && Libc.FileIdentity(name, out var present) == 0
                && held.IsSameFile(present))
            {
                _held.Add((path, handle));
                return;
            }

            handle.Dispose();
            Thread.Yield();
        }

        throw Failure(path, Errno.EAGAIN);
    }

    private static SandboxException Failure(UnixPath path, int errno) => new(
        $"the sandbox cannot keep {path} from being made: {OsError.Describe(errno)} on making a placeholder there; "
        + "make the directory yourself, or leave its parent out of what the policy lets programs write");
}
