using System.Text;

using ExecActors.Platform;

namespace ExecActors.Hosting.Authentication;

/// <summary>A secret that was read from a file, once.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Text">The text without surrounding white space.</param>
/// <param name="Warning">What an operator should know of the file; null for nothing.</param>
internal sealed record SecretFile(string Path, string Text, string? Warning)
{
    // Far more than any secret; keeps a wrong path from being read for ever.
    private const int MaximumBytes = 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads it.</summary>
    /// <exception cref="ExecServerSettingsException">The file cannot be read, is no regular file, no UTF-8, too long or blank.</exception>
    public static SecretFile Read(string path)
    {
        var file = SmallFile.Read(path, MaximumBytes);
        var text = file.WhyNot is { } whyNot ? throw Unreadable(file.Path, whyNot, inner: null) : TextOf(file).Trim();
        return text.Length > 0
            ? new SecretFile(file.Path, text, file.IsOpenToOthers ? $"{file.Path} can be used by others than its owner: chmod 600 it, and make a new secret" : null)
            : throw new ExecServerSettingsException(
                $"websocket auth secret {file.Path} must not be empty", "Write the secret into it before the server starts.");
    }

    private static string TextOf(SmallFile file)
    {
        try
        {
            return StrictUtf8.GetString(file.Bytes.Span);
        }
        catch (DecoderFallbackException e)
        {
            throw Unreadable(file.Path, "stream did not contain valid UTF-8", e);
        }
    }

    private static ExecServerSettingsException Unreadable(string path, string why, Exception? inner) => new(
        $"failed to read websocket auth secret {path}: {why}", "Name a readable file that holds the secret as text.", inner);
}
