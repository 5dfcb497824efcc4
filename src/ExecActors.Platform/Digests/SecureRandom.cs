using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Random bytes that nobody can guess, from the kernel. Why not the framework's: see <see cref="Sha256"/>.</summary>
public static class SecureRandom
{
    /// <summary>Fills the buffer; waits, at most, until the kernel's generator is seeded after the machine's start.</summary>
    /// <exception cref="InvalidOperationException">The kernel gives none, which a filter of system calls can cause.</exception>
    public static void Fill(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = Libc.GetRandom(buffer);
            if (count >= 0)
            {
                buffer = buffer[count..];
            }
            else if (Libc.LastErrno != Errno.EINTR)
            {
                throw new InvalidOperationException($"getrandom(2) failed: {OsError.Describe(Libc.LastErrno)}");
            }
        }
    }

    /// <summary>A text of random lower-case hexadecimal digits.</summary>
    /// <param name="digits">How many, an even number.</param>
    public static string Hex(int digits)
    {
        var bytes = new byte[digits / 2];
        Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
