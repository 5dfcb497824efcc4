using System.Text;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>The small files of /proc and of cgroups, which take a text in one write.</summary>
internal static class KernelFile
{
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
