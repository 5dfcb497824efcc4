namespace ExecActors.Protocol;

/// <summary>A <c>sandbox</c> object that has been read, its paths not yet asked whether this platform can have them.</summary>
/// <remarks>
/// That question comes late and only where it matters: after everything else of the request, and of the places only for those that the
/// profile depends on. File methods and <c>process/start</c> ask differently.
/// </remarks>
internal sealed partial record SandboxDraft(PermissionProfile Permissions, RpcError? ForeignEntry)
{
    public ParsedPathUri? Cwd { get; init; }

    public IReadOnlyList<ParsedPathUri> WorkspaceRoots { get; init; } = [];

    /// <summary>Whether there is a policy context, and what it says.</summary>
    public (ParsedPathUri? Cwd, IReadOnlyList<ParsedPathUri> WorkspaceRoots)? Policy { get; init; }

    public SandboxOverride Override { get; init; }

    public ParsedPathUri? UserHomeDir { get; init; }

    public IReadOnlyList<ParsedPathUri>? TemporaryDirectories { get; init; }

    public bool UseLegacyLandlock { get; init; }

    /// <summary>Whether it asks for a sandbox that only Windows has.</summary>
    public bool WantsMxc { get; init; }

    private ParsedPathUri? PolicyCwd => Policy?.Cwd ?? Cwd;

    private IReadOnlyList<ParsedPathUri> PolicyRoots => Policy?.WorkspaceRoots ?? WorkspaceRoots;

    /// <summary>What a file method asks first.</summary>
    public void CheckCwd(ref ByteFieldReader fields)
    {
        if (PolicyCwd is null && SandboxContext.IsDynamic(Permissions))
        {
            fields.Fail(Errors.SandboxLacksCwd);
        }
    }

    /// <summary>What a file method asks before it looks at its own path.</summary>
    public void CheckEntries(ref ByteFieldReader fields)
    {
        if (ForeignEntry is { } foreign)
        {
            fields.Fail(Errors.InvalidRequest($"invalid sandbox permission path URI: {foreign.Message}"));
        }
    }

    /// <summary>What a file method asks last.</summary>
    public void CheckPlaces(ref ByteFieldReader fields)
    {
        if (!SandboxContext.IsDynamic(Permissions))
        {
            return;
        }

        if (Foreign(PolicyCwd) is { } cwd)
        {
            fields.Fail(Errors.InvalidRequest(cwd));
        }

        if (ForeignRoot() is { } root)
        {
            fields.Fail(Errors.InvalidRequest($"file system sandbox workspace root is not native to this exec-server host: {root}"));
        }
    }

    /// <summary>What <c>process/start</c> asks: every place has to be of this platform, whether the profile depends on it or not.</summary>
    /// <param name="command">The working directory of the process, which stands in for that of the policy.</param>
    public RpcError? RefusalOfStart(ParsedPathUri command)
    {
        if (WantsMxc)
        {
            return Errors.SandboxUnavailable;
        }

        var refusal = Foreign(PolicyCwd ?? command) is { } cwd ? $"invalid sandbox policy cwd: {cwd}"
            : ForeignRoot() is { } root ? $"invalid sandbox workspace root: {root}"
            : ForeignEntry is { } entry ? $"invalid sandbox permission path: {entry.Message}"
            : Foreign(command) is { } own ? $"command cwd URI `{Echo.Of(command.Foreign!)}` is not valid on this host: {own}"
            : null;
        return refusal is null ? null : Errors.SandboxPreparation(refusal);
    }

    /// <summary>The context. Places of another platform are left out, so the checks come before.</summary>
    public SandboxContext ToContext() => new(
        Permissions,
        Native(Cwd),
        Native(WorkspaceRoots),
        Policy is { } policy ? new PolicyContext(Native(policy.Cwd), Native(policy.WorkspaceRoots)) : null,
        Override,
        Native(UserHomeDir),
        TemporaryDirectories is null ? null : Native(TemporaryDirectories),
        UseLegacyLandlock);

    private string? ForeignRoot() => PolicyRoots.Select(root => Foreign(root)).FirstOrDefault(message => message is not null);

    private static string? Foreign(ParsedPathUri? uri) =>
        uri is { } parsed && !parsed.TryToNative(PathRole.File, out _, out var error) ? error.Message : null;

    private static byte[]? Native(ParsedPathUri? uri) =>
        uri is { } parsed && parsed.TryToNative(PathRole.File, out var path, out _) ? path : null;

    private static List<byte[]> Native(IReadOnlyList<ParsedPathUri> uris) => [.. uris.Select(uri => Native(uri)).OfType<byte[]>()];
}
