using System.Buffers.Binary;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>What a program that is there asks to be run by: the <c>#!</c> line of a script, or the loader that an ELF file names.</summary>
internal static class Interpreter
{
    private const int HeadBytes = 4096;
    private const int HeaderBytes = 64;
    private const int EntryBytes = 56;
    private const uint ProgramInterpreter = 3; // PT_INTERP

    private static ReadOnlySpan<byte> ScriptMark => "#!"u8;

    private static ReadOnlySpan<byte> Elf64Mark => "\u007fELF\u0002\u0001"u8; // 64 bits, little-endian

    /// <summary>Its path as <see cref="NativeText"/>; null when the file cannot be read or names none.</summary>
    /// <param name="program">With its closing NUL.</param>
    public static string? Of(ReadOnlySpan<byte> program)
    {
        using var file = Libc.OpenAt(Libc.NoDirectory, program, Libc.O_RDONLY | Libc.O_NONBLOCK);
        var buffer = new byte[HeadBytes];
        if (file.IsInvalid || Libc.Read(file, buffer) is var count && count <= 0)
        {
            return null;
        }

        var head = buffer.AsSpan(0, count);
        var path = head.StartsWith(ScriptMark) ? OfScript(head) : head.StartsWith(Elf64Mark) ? OfElf(head) : [];
        return path.IsEmpty ? null : NativeText.FromBytes(path);
    }

    private static ReadOnlySpan<byte> OfScript(ReadOnlySpan<byte> head)
    {
        var line = head[ScriptMark.Length..];
        var end = line.IndexOf((byte)'\n');
        line = (end < 0 ? line : line[..end]).TrimStart(" \t"u8);
        end = line.IndexOfAny(" \t\r"u8);
        return end < 0 ? line : line[..end];
    }

    // What lies beyond the first page is not looked for: linkers put both there.
    private static ReadOnlySpan<byte> OfElf(ReadOnlySpan<byte> head)
    {
        if (head.Length < HeaderBytes)
        {
            return [];
        }

        var table = BinaryPrimitives.ReadUInt64LittleEndian(head[32..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(head[56..]);
        for (ulong index = 0; index < count && table < HeadBytes; index++)
        {
            var start = table + (index * EntryBytes);
            if (start + EntryBytes > (ulong)head.Length)
            {
                return [];
            }

            var entry = head.Slice((int)start, EntryBytes);
            var (offset, size) = (BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]), BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]));
            if (BinaryPrimitives.ReadUInt32LittleEndian(entry) == ProgramInterpreter)
            {
                return offset < HeadBytes && size < HeadBytes && offset + size <= (ulong)head.Length ? head.Slice((int)offset, (int)size).TrimEnd((byte)0) : [];
            }
        }

        return [];
    }
}
