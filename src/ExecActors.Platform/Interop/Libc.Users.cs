using System.Runtime.InteropServices;

namespace ExecActors.Platform.Interop;

/// <summary>The user database.</summary>
internal static unsafe partial class Libc
{
    private const int ERANGE = 34;
    private const int MaxEntryBytes = 1024 * 1024;

    /// <summary>getpwuid_r(3) for the real user: home and shell as the database has them; null when it has no such user.</summary>
    public static (string Home, string Shell)? OwnUserEntry()
    {
        var uid = GetUid();
        for (var size = 4096; size <= MaxEntryBytes; size *= 4)
        {
            var entry = default(PasswordEntry);
            PasswordEntry* found;
            var strings = new byte[size];
            fixed (byte* buffer = strings)
            {
                var error = GetPwUid(uid, &entry, buffer, (nuint)size, &found);
                if (error != ERANGE)
                {
                    return found is null ? null : (Text(found->Home), Text(found->Shell));
                }
            }
        }

        return null;
    }

    private static string Text(byte* text) => text is null ? "" : NativeText.FromBytes(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    [LibraryImport(Library, EntryPoint = "getuid")]
    private static partial uint GetUid();

    [LibraryImport(Library, EntryPoint = "getpwuid_r")]
    private static partial int GetPwUid(uint uid, PasswordEntry* entry, byte* buffer, nuint size, PasswordEntry** found);

    [StructLayout(LayoutKind.Sequential)]
    private struct PasswordEntry
    {
        public byte* Name;
        public byte* Password;
        public uint Uid;
        public uint Gid;
        public byte* FullName;
        public byte* Home;
        public byte* Shell;
    }
}
