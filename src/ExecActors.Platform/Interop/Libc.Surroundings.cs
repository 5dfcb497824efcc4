using System.Runtime.InteropServices;

namespace ExecActors.Platform.Interop;

/// <summary>What a program is given by whoever started it, as bytes, and the kernel's random numbers.</summary>
internal static unsafe partial class Libc
{
    private const int LongestDirectory = 64 * 1024;

    /// <summary>getrandom(2) without flags.</summary>
    public static int GetRandom(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return (int)GetRandom(start, (nuint)buffer.Length, 0);
        }
    }

    /// <summary>getcwd(3) as <see cref="NativeText"/>; null when the directory is gone, <c>(unreachable)…</c> when it is not below our root.</summary>
    public static string? CurrentDirectory()
    {
        var buffer = new byte[LongestDirectory];
        fixed (byte* start = buffer)
        {
            return GetCwd(start, (nuint)buffer.Length) is null ? null : NativeText.FromBytes(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(start));
        }
    }

    /// <summary>environ(7): every entry as it is, <c>NAME=VALUE</c>. None where the C library does not tell.</summary>
    public static List<byte[]> Environ()
    {
        var entries = new List<byte[]>();
        if (!NativeLibrary.TryLoad("libc.so.6", out var library) || !NativeLibrary.TryGetExport(library, "environ", out var variable))
        {
            return entries;
        }

        for (var entry = *(byte***)variable; entry is not null && *entry is not null; entry++)
        {
            entries.Add(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(*entry).ToArray());
        }

        return entries;
    }

    [LibraryImport(Library, EntryPoint = "getcwd", SetLastError = true)]
    private static partial byte* GetCwd(byte* buffer, nuint size);

    [LibraryImport(Library, EntryPoint = "getrandom", SetLastError = true)]
    private static partial nint GetRandom(byte* buffer, nuint length, uint flags);
}
