using System.Text;

namespace ExecActors.Hosting.Authentication;

/// <summary>Reads a secret from a file, once.</summary>
internal static class SecretFile
{
    // Far more than any secret; keeps a wrong path (/dev/zero) from being read for ever.
    private const int MaximumBytes = 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The absolute path and the text without surrounding white space.</summary>
    /// <exception cref="ExecServerSettingsException">The file cannot be read, is no UTF-8, too long or blank.</exception>
    public static (string Path, string Text) Read(string path)
    {
        var fullPath = Path.GetFullPath(path);
        var text = ReadText(fullPath).Trim();
        return text.Length > 0
            ? (fullPath, text)
            : throw new ExecServerSettingsException(
                $"websocket auth secret {fullPath} must not be empty", "Write the secret into it before the server starts.");
    }

    private static string ReadText(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            var buffer = new byte[MaximumBytes + 1];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length <= MaximumBytes ? StrictUtf8.GetString(buffer, 0, length) : throw Unreadable(path, "it is longer than 1 MiB", null);
        }
        catch (DecoderFallbackException e)
        {
            throw Unreadable(path, "stream did not contain valid UTF-8", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, Errno.Describe(ErrnoOf(e, path)), e);
        }
    }

    private static ExecServerSettingsException Unreadable(string path, string why, Exception? inner) => new(
        $"failed to read websocket auth secret {path}: {why}", "Name a readable file that holds the secret as text.", inner);

    private static int ErrnoOf(Exception e, string path) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => Errno.NoSuchFile,
        UnauthorizedAccessException => Directory.Exists(path) ? Errno.IsDirectory : Errno.PermissionDenied,
        _ => e.HResult, // an IOException of the Unix runtime carries the errno
    };
}
