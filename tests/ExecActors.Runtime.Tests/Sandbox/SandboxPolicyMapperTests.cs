using System.Text;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Sandbox;

namespace ExecActors.Runtime.Tests.Sandbox;

public sealed class SandboxPolicyMapperTests
{
    private static readonly byte[] _cwd = "/work/dir"u8.ToArray();

    [Theory]
    [InlineData(NetworkAccess.Restricted, true)]
    [InlineData(NetworkAccess.Enabled, false)]
    public void Profiles_that_leave_the_files_alone_limit_the_network_if_anything(NetworkAccess network, bool restricted)
    {
        Assert.True(Map(new PermissionProfile.Disabled()).LimitsNothing);
        foreach (var profile in new PermissionProfile[]
        {
            new PermissionProfile.External(network), new PermissionProfile.Managed(new FileSystemProfile.Unrestricted(), network),
        })
        {
            var policy = Map(profile);
            Assert.Equal((false, restricted, !restricted), (policy.RestrictsFiles, policy.RestrictsNetwork, policy.LimitsNothing));
        }
    }

    [Fact]
    public void Places_known_by_a_word_become_paths()
    {
        Assert.Equal("/ Read", Entries(Special(SpecialPath.Root)));
        Assert.Equal("/tmp Read", Entries(Special(SpecialPath.SlashTmp)));
        Assert.Equal("/var/tmp/mine Read", Entries(Special(SpecialPath.Tmpdir), temporaryDirectory: "/var/tmp/mine/"));
        Assert.Equal("", Entries(Special(SpecialPath.Tmpdir), temporaryDirectory: null));
        Assert.Equal("", Entries(Special(SpecialPath.Tmpdir), temporaryDirectory: "relative"));
        Assert.Equal("", Entries(Special(SpecialPath.CurrentWorkingDirectory)));
        Assert.Equal("", Entries(new ProfilePath.Special(SpecialPath.Unknown, UnknownPath: ":x")));
        Assert.Equal("/ws/a Read, /ws/b Read", Entries(Special(SpecialPath.ProjectRoots)));
        Assert.Equal("/ws/a/.git Read, /ws/b/.git Read", Entries(new ProfilePath.Special(SpecialPath.ProjectRoots, ".git")));
        Assert.Equal("/ws/a/etc Read, /ws/b/etc Read", Entries(new ProfilePath.Special(SpecialPath.ProjectRoots, "/etc")));
        Assert.Contains("/usr Read", Entries(Special(SpecialPath.Minimal)), StringComparison.Ordinal);
        Assert.Contains("/etc Read", Entries(Special(SpecialPath.Minimal)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_policy_context_comes_first()
    {
        var context = Context([Entry(Special(SpecialPath.ProjectRoots)), Entry(new ProfilePath.Glob("*.env"))]) with
        {
            PolicyContext = new PolicyContext("/other"u8.ToArray(), ["/other/root"u8.ToArray()]),
        };
        var policy = Map(context);
        Assert.Equal("/other/root", Assert.Single(policy.Entries).Path.ToString());
        Assert.Equal("/other/*.env", Assert.Single(policy.Globs).Pattern);
    }

    [Fact]
    public void Access_and_what_is_done_about_missing_paths_are_kept()
    {
        var literal = new ProfilePath.Literal("/x"u8.ToArray());
        var policy = Map(Context(
            [new ProfileEntry(literal, ProfileAccess.Write), new ProfileEntry(literal, ProfileAccess.Deny, SkipIfMissing: true)], depth: 3));
        var path = UnixPath.FromText("/x");
        Assert.Equal([new SandboxEntry(path, SandboxAccess.Write), new SandboxEntry(path, SandboxAccess.Deny, SkipIfMissing: true)], policy.Entries);
        Assert.Equal(3, policy.GlobScanMaxDepth);
    }

    [Fact]
    public void A_relative_pattern_is_seen_from_the_cwd_whatever_characters_that_has()
    {
        Assert.Equal("/work/dir/**/*.env", Pattern("**/*.env", "/work/dir"));
        Assert.Equal("/w\\[1\\]/\\*\\{\\}\\,\\\\/x", Pattern("x", "/w[1]/*{},\\"));
        Assert.Equal("/abs/*", Pattern("/abs/*", "/work/dir"));
        Assert.Equal("/work/dir/\u00C3\u00A9", Pattern("é", "/work/dir")); // one character per byte

        static string Pattern(string pattern, string cwd) =>
            Assert.Single(Map(Context([Entry(new ProfilePath.Glob(pattern))]) with { Cwd = Encoding.UTF8.GetBytes(cwd) }).Globs).Pattern;
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("relative")]
    public void What_cannot_be_stated_is_refused(string pattern)
    {
        var context = Context([new ProfileEntry(new ProfilePath.Glob(pattern), ProfileAccess.Deny)]) with { Cwd = null };
        Assert.False(SandboxPolicyMapper.TryMap(context, cwd: null, temporaryDirectory: null, out _, out var refusal));
        Assert.Equal(ErrorCodes.InvalidParams, refusal.Code);
        Assert.Contains("cannot be enforced", refusal.Message, StringComparison.Ordinal);
    }

    private static ProfilePath.Special Special(SpecialPath kind) => new(kind);

    private static ProfileEntry Entry(ProfilePath path) => new(path, ProfileAccess.Read);

    private static string Entries(ProfilePath path, string? temporaryDirectory = null) =>
        string.Join(", ", Map(Context([Entry(path)]), temporaryDirectory).Entries.Select(entry => $"{entry.Path} {entry.Access}"));

    private static SandboxContext Context(IReadOnlyList<ProfileEntry> entries, int? depth = null) => new(
        new PermissionProfile.Managed(new FileSystemProfile.Restricted(entries, depth), NetworkAccess.Restricted), _cwd,
        ["/ws/a"u8.ToArray(), "/ws/b"u8.ToArray()]);

    private static SandboxPolicy Map(PermissionProfile profile) => Map(new SandboxContext(profile, _cwd, []));

    private static SandboxPolicy Map(SandboxContext context, string? temporaryDirectory = null)
    {
        Assert.True(SandboxPolicyMapper.TryMap(context, cwd: null, temporaryDirectory, out var policy, out _));
        return policy;
    }
}
