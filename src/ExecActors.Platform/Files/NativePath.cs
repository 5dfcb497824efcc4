using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>An absolute path taken apart: no NUL, no empty and no dot segments, no slash at the end except for the root.</summary>
internal static class NativePath
{
    private const byte Slash = (byte)'/';

    /// <summary>The directory that a path's last name is in, with a closing NUL; the root is in itself.</summary>
    public static byte[] Parent(ReadOnlySpan<byte> path) => CString.Of(path[..Math.Max(1, path.LastIndexOf(Slash))]);

    /// <summary>A path's last name, with a closing NUL; <c>.</c> for the root.</summary>
    public static byte[] Name(ReadOnlySpan<byte> path) => path.Length == 1 ? CString.Of("."u8) : CString.Of(path[(path.LastIndexOf(Slash) + 1)..]);

    /// <summary>Whether this is the root.</summary>
    public static bool IsRoot(ReadOnlySpan<byte> path) => path.Length == 1;

    /// <summary>A name in a directory, without a closing NUL.</summary>
    public static byte[] Join(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> name) =>
        directory is [Slash] ? [Slash, .. name] : [.. directory, Slash, .. name];

    /// <summary>The length of each ancestor of a path, from the root down to the path itself.</summary>
    public static IEnumerable<int> Prefixes(ReadOnlyMemory<byte> path)
    {
        yield return 1;
        for (var end = 1; end < path.Length;)
        {
            var next = path.Span[end..].IndexOf(Slash);
            end = next < 0 ? path.Length : end + next;
            yield return end;
            end++;
        }
    }

    /// <summary>Opens the directory that a path's last name is in, for naming only (O_PATH).</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="followLinks">Otherwise a link on the way is ENOTDIR, which is what it is to whoever follows none.</param>
    /// <param name="parent">The directory; the caller closes it.</param>
    public static FileOutcome OpenParent(ReadOnlySpan<byte> path, bool followLinks, out SafeFileHandle parent)
    {
        var flags = Libc.O_PATH | Libc.O_DIRECTORY;
        parent = followLinks ? Libc.OpenAt(Libc.NoDirectory, Parent(path), flags) : Libc.OpenWithoutLinks(Parent(path), flags);
        if (!parent.IsInvalid)
        {
            return default;
        }

        var errno = Libc.LastErrno;
        return FileOutcome.Failed(errno == Errno.ELOOP && !followLinks ? Errno.ENOTDIR : errno);
    }
}
