namespace ExecActors.Platform.Interop;

/// <summary>Text and paths as the kernel takes them.</summary>
internal static class CString
{
    /// <summary>The bytes that a text stands for, with a closing NUL; see <see cref="NativeText"/>.</summary>
    public static byte[] Of(string text)
    {
        var bytes = new byte[NativeText.CountBytes(text) + 1];
        NativeText.Write(text, bytes);
        return bytes;
    }

    /// <summary>The bytes with a closing NUL.</summary>
    public static byte[] Of(ReadOnlySpan<byte> bytes) => [.. bytes, 0];
}
