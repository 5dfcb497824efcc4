using ExecActors.Platform;

namespace ExecActors.Hosting;

/// <summary>The errors that listening and reading a secret end with, said as the reference server says them.</summary>
internal static class Errno
{
    /// <summary>ENOENT</summary>
    public const int NoSuchFile = 2;

    /// <summary>EACCES</summary>
    public const int PermissionDenied = 13;

    /// <summary>EISDIR</summary>
    public const int IsDirectory = 21;

    /// <summary>EADDRINUSE</summary>
    public const int AddressInUse = 98;

    /// <summary>EADDRNOTAVAIL</summary>
    public const int AddressNotAvailable = 99;

    /// <summary>For example <c>Address in use (os error 98)</c>.</summary>
    public static string Describe(int errno) => errno switch
    {
        // The reference server is built with musl, which words these two differently from glibc.
        AddressInUse => "Address in use (os error 98)",
        AddressNotAvailable => "Address not available (os error 99)",
        _ => OsError.Describe(errno),
    };
}
