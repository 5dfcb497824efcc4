using System.Runtime.InteropServices;

namespace ExecActors.Hosting;

/// <summary>Errors of the operating system, said as the reference server says them: <c>Address in use (os error 98)</c>.</summary>
public static class OsError
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

    /// <summary>The text for an errno of Linux.</summary>
    public static string Describe(int errno) => $"{TextOf(errno)} (os error {errno})";

    // The two that the C libraries word differently; the reference server is built with musl.
    private static string TextOf(int errno) => errno switch
    {
        AddressInUse => "Address in use",
        AddressNotAvailable => "Address not available",
        _ => Marshal.GetPInvokeErrorMessage(errno),
    };
}
