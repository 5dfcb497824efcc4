using System.Text;

using ExecActors.Platform;
using ExecActors.Protocol;

namespace ExecActors.Runtime.Sandbox;

/// <summary>Turns the <c>sandbox</c> object of a request into the policy that is enforced.</summary>
internal static class SandboxPolicyMapper
{
    private static readonly UnixPath SlashTmp = UnixPath.FromText("/tmp");

    /// <summary>The policy of a context. What grants nothing is left out.</summary>
    /// <param name="context">As decoded.</param>
    /// <param name="cwd">Bytes of the directory that relative patterns mean when the context names none; null when there is none either.</param>
    /// <param name="temporaryDirectory">The server's TMPDIR; null or relative when it has none.</param>
    /// <param name="policy">What is to be enforced.</param>
    /// <param name="refusal">Why it cannot even be stated.</param>
    public static bool TryMap(
        SandboxContext context, ReadOnlyMemory<byte>? cwd, string? temporaryDirectory, out SandboxPolicy policy, out RpcError refusal)
    {
        refusal = default;
        policy = new SandboxPolicy { RestrictsFiles = false, RestrictsNetwork = false };
        switch (context.Permissions)
        {
            case PermissionProfile.Disabled:
                return true;
            case PermissionProfile.External external:
                policy = policy with { RestrictsNetwork = external.Network == NetworkAccess.Restricted };
                return true;
            case PermissionProfile.Managed managed:
                policy = policy with { RestrictsNetwork = managed.Network == NetworkAccess.Restricted };
                return managed.FileSystem is not FileSystemProfile.Restricted restricted
                    || TryRestrict(restricted, new Places(context, cwd, temporaryDirectory), ref policy, ref refusal);
            default:
                throw new InvalidOperationException($"the profile {context.Permissions.Type} has no meaning here");
        }
    }

    private static bool TryRestrict(FileSystemProfile.Restricted profile, Places places, ref SandboxPolicy policy, ref RpcError refusal)
    {
        var entries = new List<SandboxEntry>();
        var globs = new List<SandboxGlob>();
        foreach (var entry in profile.Entries)
        {
            var access = Access(entry.Access);
            if (entry.Path is ProfilePath.Glob glob)
            {
                if (Pattern(glob, places.Cwd) is not { } pattern)
                {
                    refusal = Invalid($"the pattern `{glob.Pattern}`", "is relative and the context has no cwd, or it has a NUL");
                    return false;
                }

                globs.Add(new SandboxGlob(pattern, access));
            }
            else if (entry.Path is ProfilePath.Special { Subpath: { } subpath } && subpath.Contains('\0', StringComparison.Ordinal))
            {
                refusal = Invalid("a subpath", "has a NUL");
                return false;
            }
            else
            {
                entries.AddRange(places.Of(entry.Path).Select(path => new SandboxEntry(path, access, entry.SkipIfMissing || IsSoft(entry.Path))));
            }
        }

        policy = policy with { RestrictsFiles = true, Entries = entries, Globs = globs, GlobScanMaxDepth = profile.GlobScanMaxDepth };
        return true;
    }

    // A platform does not have all of these directories, and that is no reason to keep one from being made.
    private static bool IsSoft(ProfilePath path) => path is ProfilePath.Special { Kind: SpecialPath.Minimal };

    private static SandboxAccess Access(ProfileAccess access) =>
        access is ProfileAccess.Read ? SandboxAccess.Read : access is ProfileAccess.Write ? SandboxAccess.Write : SandboxAccess.Deny;

    private static string? Pattern(ProfilePath.Glob glob, UnixPath? cwd)
    {
        if (glob.Pattern.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var raw = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(glob.Pattern));
        return !glob.IsRelative ? raw : cwd is { } directory ? $"{GlobPattern.Escape(directory)}/{raw}" : null;
    }

    private static RpcError Invalid(string what, string why) =>
        new(ErrorCodes.InvalidParams, $"the sandbox's permissions cannot be enforced: {what} {why}; correct the profile");

    /// <summary>What the words of a profile mean here.</summary>
    private sealed record Places(SandboxContext Context, ReadOnlyMemory<byte>? FallbackCwd, string? TemporaryDirectory)
    {
        public UnixPath? Cwd =>
            Context.PolicyCwd is { } named ? UnixPath.FromBytes(named) : FallbackCwd is { } cwd ? UnixPath.FromBytes(cwd.Span) : null;

        public IEnumerable<UnixPath> Of(ProfilePath path) => path switch
        {
            ProfilePath.Literal literal => [UnixPath.FromBytes(literal.Path)],
            ProfilePath.Special { Kind: SpecialPath.Root } => [UnixPath.Root],
            ProfilePath.Special { Kind: SpecialPath.Minimal } => SandboxPolicy.Platform,
            ProfilePath.Special { Kind: SpecialPath.SlashTmp } => [SlashTmp],
            ProfilePath.Special { Kind: SpecialPath.Tmpdir } when TemporaryDirectory?.StartsWith('/') == true => [UnixPath.FromText(TemporaryDirectory)],
            ProfilePath.Special { Kind: SpecialPath.ProjectRoots } roots => Context.PolicyWorkspaceRoots.Select(root => Below(root, roots.Subpath)),
            _ => [],
        };

        private static UnixPath Below(byte[] root, string? subpath)
        {
            var path = UnixPath.FromBytes(root);
            return subpath is null ? path : path.Combine(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(subpath.TrimStart('/'))));
        }
    }
}
