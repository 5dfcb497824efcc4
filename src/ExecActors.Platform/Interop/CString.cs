using System.Text;

namespace ExecActors.Platform.Interop;

/// <summary>Text and paths as the kernel takes them.</summary>
internal static class CString
{
    /// <summary>UTF-8 with a closing NUL.</summary>
    public static byte[] Of(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    /// <summary>The bytes with a closing NUL.</summary>
    public static byte[] Of(ReadOnlySpan<byte> bytes) => [.. bytes, 0];
}
