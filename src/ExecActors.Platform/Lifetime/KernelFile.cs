using System.Text;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>The small files of /proc and of cgroups, which take a text in one write.</summary>
internal static class KernelFile
{
    private const int FirstBytes = 8 * 1024;

    /// <summary>Writes a text.</summary>
    /// <returns>0 or an errno.</returns>
    public static int Write(string path, string text)
    {
        using var file = Libc.OpenAt(Libc.NoDirectory, CString.Of(path), Libc.O_WRONLY);
        var errno = file.IsInvalid ? Libc.LastErrno : Errno.EINTR;
        while (errno == Errno.EINTR && !file.IsInvalid)
        {
            errno = Libc.Write(file, Encoding.ASCII.GetBytes(text)) >= 0 ? 0 : Libc.LastErrno;
        }

        return errno;
    }

    /// <summary>All that it holds; nothing when it is not there or not for this user.</summary>
    public static byte[] ReadBytes(string path)
    {
        using var file = Libc.OpenAt(Libc.NoDirectory, CString.Of(path), Libc.O_RDONLY);
        var buffer = new byte[FirstBytes];
        var length = 0;
        for (int count; !file.IsInvalid && ((count = Libc.Read(file, buffer.AsSpan(length))) > 0 || (count < 0 && Libc.LastErrno == Errno.EINTR));)
        {
            length += Math.Max(count, 0);
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * length); // it tells no size
            }
        }

        return buffer[..length];
    }

    /// <summary>Its lines; none when it is not there or not for this user.</summary>
    public static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
