using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>A place that a thread under Landlock keeps.</summary>
/// <param name="Path">An absolute path as bytes without NUL; with everything below it when it is a directory.</param>
/// <param name="Write">Whether it may be changed as well as read.</param>
public sealed record LandlockGrant(byte[] Path, bool Write);

/// <summary>landlock(7): what a thread gives up by itself, whatever the mounts around it allow. A second wall behind bubblewrap.</summary>
/// <remarks>
/// It binds reading, writing and changing directories, not looking at metadata. Below ABI 2 (Linux 5.19) a renaming into another directory cannot be
/// allowed, so that such a kernel counts as having none.
/// </remarks>
public static class Landlock
{
    private const int FirstUsableAbi = 2;
    private const int AbiWithTruncate = 3;
    private const int AbiWithNetwork = 4;
    private const int AbiWithDeviceControl = 5;
    private const int AbiWithScopes = 6;

    // linux/landlock.h: LANDLOCK_ACCESS_FS_…
    private const ulong Execute = 1 << 0;
    private const ulong WriteFile = 1 << 1;
    private const ulong ReadFile = 1 << 2;
    private const ulong ReadDirectory = 1 << 3;
    private const ulong AllOfAbi2 = (1 << 14) - 1;
    private const ulong Truncate = 1 << 14;
    private const ulong DeviceControl = 1 << 15;
    private const ulong BindAndConnectTcp = 3;
    private const ulong AbstractSocketScope = 1;

    /// <summary>What the kernel's Landlock can do, as it numbers it: 1 and up; 0 when it has none or it is switched off.</summary>
    public static int Abi { get; } = Math.Max(0, Libc.LandlockAbi());

    /// <summary>Whether <see cref="RestrictThread"/> does anything on this kernel.</summary>
    public static bool IsUsable => Abi >= FirstUsableAbi;

    /// <summary>
    /// Gives up, for the calling thread and all that it starts from now on, every file access but the grants, TCP, abstract sockets of others, and new
    /// privileges. There is no way back.
    /// </summary>
    /// <param name="grants">A place that is not there grants nothing.</param>
    /// <returns>Null when it is done, or when the kernel has no Landlock; otherwise why it is not.</returns>
    public static string? RestrictThread(IReadOnlyList<LandlockGrant> grants)
    {
        ArgumentNullException.ThrowIfNull(grants);
        if (!IsUsable)
        {
            return null;
        }

        var handled = AllOfAbi2 | (Abi >= AbiWithTruncate ? Truncate : 0) | (Abi >= AbiWithDeviceControl ? DeviceControl : 0);
        var attributes = new ulong[] { handled, BindAndConnectTcp, AbstractSocketScope };
        using var ruleset = Libc.LandlockCreateRuleset(attributes.AsSpan(0, Abi >= AbiWithScopes ? 3 : Abi >= AbiWithNetwork ? 2 : 1));
        if (ruleset.IsInvalid)
        {
            return Failure("landlock_create_ruleset");
        }

        for (var index = 0; index < grants.Count; index++)
        {
            var grant = grants[index];
            var path = CString.Of(grant.Path);
            using var place = Libc.OpenPlace(path);
            if (place.IsInvalid)
            {
                continue;
            }

            var access = grant.Write ? handled & ~Execute : ReadFile | ReadDirectory;
            if (Libc.FileType(path, out var isDirectory, out _) < 0 || !isDirectory)
            {
                access &= ReadFile | WriteFile | Truncate | DeviceControl; // the others belong to directories
            }

            if (Libc.LandlockAllowBeneath(ruleset, place, access) < 0)
            {
                return Failure("landlock_add_rule");
            }
        }

        return Libc.SetNoNewPrivileges() < 0 ? Failure("prctl(PR_SET_NO_NEW_PRIVS)")
            : Libc.LandlockRestrictThread(ruleset) < 0 ? Failure("landlock_restrict_self")
            : null;
    }

    private static string Failure(string call) => $"{call}: {OsError.Describe(Libc.LastErrno)}";
}
