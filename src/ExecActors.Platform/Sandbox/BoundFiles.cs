#pragma warning disable CA2000 // the handles are in a list, and Dispose closes what is in it
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>
/// The files that a plan shows, held open, so that what is mounted is what was planned: by its path, a directory could be swapped for a link
/// in between by a program in some other sandbox. The holder disposes it once bubblewrap has them.
/// </summary>
internal sealed class BoundFiles : IDisposable
{
    private readonly List<(UnixPath Path, SafeFileHandle Handle)> _files = [];

    private BoundFiles()
    {
    }

    /// <summary>None: they are mounted by their paths.</summary>
    public static BoundFiles None => new();

    /// <summary>In the order of the plan.</summary>
    public IReadOnlyList<(UnixPath Path, SafeFileHandle Handle)> Files => _files;

    /// <summary>Opens them without reading. Blocks on the file system.</summary>
    /// <exception cref="SandboxException">One is not what was planned any more; nothing is held then.</exception>
    public static BoundFiles Open(MountPlan plan)
    {
        var files = new BoundFiles();
        try
        {
            foreach (var mount in plan.Mounts.Where(mount => mount.Kind is MountKind.ReadOnly or MountKind.ReadWrite))
            {
                files.Add(mount);
            }

            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var (_, handle) in _files)
        {
            handle.Dispose();
        }

        _files.Clear();
    }

    private void Add(in Mount mount)
    {
        var handle = Libc.OpenPlace(mount.Path.ToCString());
        var errno = handle.IsInvalid ? Libc.LastErrno : OpenFiles.IsForProcesses(handle) ? 0 : Errno.EMFILE;
        if (errno is Errno.EMFILE or Errno.ENFILE)
        {
            handle.Dispose();
            throw new SandboxException(StartFailure.FromErrno(errno).Message);
        }

        if (errno == 0 && Libc.FileIdentity(handle, out var facts) == 0 && string.Equals(Mount.Identify(facts), mount.Identity, StringComparison.Ordinal))
        {
            _files.Add((mount.Path, handle));
            return;
        }

        handle.Dispose();
        throw SandboxException.Outdated(mount.Path);
    }
}
