using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>
/// System calls by their manual-page names. A negative result means failure with the reason in <see cref="LastErrno"/>, unless a method says otherwise.
/// </summary>
/// <remarks>
/// Needs glibc 2.34 (posix_spawn_file_actions_addclosefrom_np) and Linux 5.4 (P_PIDFD). The variadic functions among them (fcntl, ioctl, open, syscall)
/// take integers only, for which the variadic and the plain calling convention are the same on x86-64 and arm64 Linux.
/// Descriptors travel as <see cref="SafeFileHandle"/>: a call in progress keeps the number from being closed, and so from being given to another file.
/// </remarks>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    /// <summary>errno of the calling thread's last failed call here.</summary>
    public static int LastErrno => Marshal.GetLastPInvokeError();

    /// <summary>strerrordesc_np(3): the English text of an errno whatever the locale; "Unknown error" for a number it does not know.</summary>
    public static string StrError(int errno) =>
        Marshal.PtrToStringUTF8((nint)StrErrorDescription(errno)) ?? "Unknown error";

    [LibraryImport(Library, EntryPoint = "strerrordesc_np")]
    private static partial byte* StrErrorDescription(int errno);
}
