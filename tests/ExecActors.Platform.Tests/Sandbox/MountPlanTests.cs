using System.Text;
using ExecActors.Testing;
using static ExecActors.Platform.Tests.Sandboxed;

namespace ExecActors.Platform.Tests;

public sealed class MountPlanTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public MountPlanTests() => Directory.CreateDirectory(Workspace);

    private string Root => _folder.Path;

    private string Workspace => $"{Root}/ws";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_plan_made_again_has_the_same_key()
    {
        _folder.Write("ws/.git/config", "G");
        Assert.Equal(Sandboxed.Workspace(Workspace).Plan().Key, Sandboxed.Workspace(Workspace).Plan().Key);
    }

    [Fact]
    public void The_key_changes_when_an_absent_protected_name_is_made()
    {
        var before = Sandboxed.Workspace(Workspace).Plan();
        Directory.CreateDirectory($"{Workspace}/.git");
        var after = Sandboxed.Workspace(Workspace).Plan();
        Assert.NotEqual(before.Key, after.Key);
        Assert.Contains(UnixPath.FromText($"{Workspace}/.git"), before.Absent);
        Assert.DoesNotContain(UnixPath.FromText($"{Workspace}/.git"), after.Absent);
        Assert.Equal(SandboxAccess.Read, after.AccessTo(UnixPath.FromText($"{Workspace}/.git/config")));
    }

    [Fact]
    public void The_key_changes_when_a_pattern_finds_more()
    {
        _folder.Write("ws/a.env", "");
        var policy = Sandboxed.Workspace(Workspace).WithGlob($"{Workspace}/*.env");
        var before = policy.Plan().Key;
        _folder.Write("ws/a.txt", "");
        Assert.Equal(before, policy.Plan().Key);
        _folder.Write("ws/b.env", "");
        Assert.NotEqual(before, policy.Plan().Key);
    }

    [Fact]
    public void The_key_changes_when_a_file_is_replaced_by_another_of_its_name()
    {
        var denied = _folder.Write("ws/a", "");
        var policy = Policy(Read("/"), Deny(denied));
        var before = policy.Plan().Key;
        File.Move(_folder.Write("ws/b", ""), denied, overwrite: true);
        Assert.NotEqual(before, policy.Plan().Key);
    }

    [Fact]
    public void The_key_does_not_tell_networks_apart() =>
        Assert.Equal(
            Sandboxed.Workspace(Workspace).Plan().Key, (Sandboxed.Workspace(Workspace) with { RestrictsNetwork = false }).Plan().Key);

    [Fact]
    public void A_placeholder_counts_as_absent_whoever_holds_it()
    {
        var before = Sandboxed.Workspace(Workspace).Plan();
        using (Placeholders.Hold(before.Absent))
        {
            Assert.Equal(before.Key, Sandboxed.Workspace(Workspace).Plan().Key);
        }
    }

    [Fact]
    public void A_placeholder_counts_as_absent_for_an_entry_that_names_it_too()
    {
        var policy = Policy(Read("/"), Write(Workspace), Read($"{Workspace}/.git"), Deny($"{Workspace}/secret"));
        var before = policy.Plan();
        using (Placeholders.Hold(before.Absent))
        {
            var during = policy.Plan();
            Assert.Equal(before.Key, during.Key);
            Assert.Contains(UnixPath.FromText($"{Workspace}/secret"), during.Absent);
        }
    }

    [Fact]
    public void What_looks_like_a_placeholder_and_cannot_be_one_is_denied()
    {
        var placeholder = UnixPath.FromText($"{Root}/elsewhere");
        using (Placeholders.Hold([placeholder]))
        {
            Assert.Equal(SandboxAccess.Deny, Policy(Read("/"), Deny(placeholder.ToString())).Plan().AccessTo(placeholder));
        }
    }

    [Fact]
    public void An_absent_protected_path_can_be_read_at_most()
    {
        var plan = Sandboxed.Workspace(Workspace).Plan();
        Assert.Equal(SandboxAccess.Read, plan.AccessTo(UnixPath.FromText($"{Workspace}/.git")));
        Assert.Equal(SandboxAccess.Read, plan.AccessTo(UnixPath.FromText($"{Workspace}/.git/hooks/x")));
        Assert.Equal(SandboxAccess.Write, plan.AccessTo(UnixPath.FromText($"{Workspace}/.gitignore")));
    }

    [Fact]
    public void What_is_denied_or_read_only_before_it_exists_cannot_be_made_unless_it_may_be_skipped()
    {
        var policy = Policy(
            Read("/"), Write(Workspace), Deny($"{Workspace}/secret"), Read($"{Workspace}/a/b/c"),
            new SandboxEntry(UnixPath.FromText($"{Workspace}/skipped"), SandboxAccess.Read, SkipIfMissing: true), Deny($"{Root}/elsewhere"));
        Assert.Equal(
            ".agents .aws .codex .git a secret", string.Join(' ', policy.Plan().Absent.Select(path => Path.GetRelativePath(Workspace, path.ToString()))));
    }

    [Theory]
    [InlineData("protected")]
    [InlineData("deny")]
    [InlineData("read")]
    [InlineData("write")]
    public void A_link_that_programs_can_point_elsewhere_is_refused(string what)
    {
        Directory.CreateDirectory($"{Root}/out");
        var link = what == "protected" ? $"{Workspace}/.codex" : $"{Workspace}/link";
        File.CreateSymbolicLink(link, what == "read" ? Workspace : $"{Root}/out");
        SandboxEntry[] further = what switch
        {
            "deny" => [Deny(link)],
            "read" => [Read($"{link}/d")],
            "write" => [Write(link)],
            _ => [],
        };
        Directory.CreateDirectory($"{Workspace}/d");
        var refusal = Assert.Throws<SandboxException>(() => Policy([Read("/"), Write(Workspace), .. further]).Plan());
        Assert.Contains($"{link} is a symbolic link in a directory that the policy lets programs write", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_outside_of_what_can_be_written_is_followed()
    {
        File.CreateSymbolicLink($"{Root}/link", Workspace);
        var plan = Policy(Read("/"), Write($"{Root}/link")).Plan();
        Assert.Equal(SandboxAccess.Write, plan.AccessTo(UnixPath.FromText(Workspace)));
    }

    [Fact]
    public void A_link_that_matches_a_pattern_hides_what_it_leads_to()
    {
        var secret = _folder.Write("out/secret", "");
        File.CreateSymbolicLink($"{Workspace}/x.env", secret);
        var plan = Sandboxed.Workspace(Workspace).WithGlob($"{Workspace}/*.env").Plan();
        Assert.Equal(SandboxAccess.Deny, plan.AccessTo(UnixPath.FromText(secret)));
    }

    [Fact]
    public void A_pattern_takes_away_and_grants_nothing()
    {
        var file = UnixPath.FromText(_folder.Write("ws/f", ""));
        Assert.Equal(SandboxAccess.Read, Sandboxed.Workspace(Workspace).WithGlob($"{Workspace}/f", SandboxAccess.Read).Plan().AccessTo(file));
        Assert.Equal(SandboxAccess.None, Minimal().WithGlob($"{Workspace}/f", SandboxAccess.Read).Plan().AccessTo(file));
        Assert.Equal(SandboxAccess.Read, Policy(Read("/")).WithGlob($"{Workspace}/f", SandboxAccess.Write).Plan().AccessTo(file));
    }

    [Fact]
    public void A_plan_with_too_many_mounts_is_refused_by_the_settings_name()
    {
        var entries = Enumerable.Range(0, 20).Select(number => Deny(_folder.Write($"f{number}", ""))).ToArray();
        var refusal = Assert.Throws<SandboxException>(() => MountPlan.Make(Policy([Read("/"), .. entries]), new SandboxLimits { Mounts = 19 }));
        Assert.Contains("takes 20 mounts, of which 19 are allowed (sandbox.mounts)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fewer_options_than_bubblewrap_takes_or_a_refusal()
    {
        var plan = Policy(Read("/")).Plan();
        var variables = Enumerable.Range(0, 3_000).ToDictionary(number => $"V{number}", _ => "");
        var refusal = Assert.Throws<SandboxException>(
            () => SandboxCommand.Build(plan, new SandboxCommandOptions { RestrictsNetwork = true, Environment = variables }));
        Assert.Contains("of which bubblewrap takes 8,900", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_says_what_is_wanted_and_no_more()
    {
        var words = Encoding.UTF8.GetString(SandboxCommand.Build(
            Policy(Read("/"), Write(Workspace)).Plan(),
            new SandboxCommandOptions
            {
                RestrictsNetwork = true,
                Cwd = UnixPath.FromText(Workspace),
                Environment = new Dictionary<string, string> { ["A"] = "B" },
                FilterDescriptor = 7,
            }));
        var w = Workspace;
        string[] expected =
        [
            "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-net", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--bind", w, w,
            .. new[] { ".agents", ".aws", ".codex", ".git" }.SelectMany(name => new[] { "--ro-bind-try", $"{w}/{name}", $"{w}/{name}" }),
            "--chdir", w, "--cap-drop", "ALL", "--clearenv", "--setenv", "A", "B", "--seccomp", "7", "",
        ];
        Assert.Equal(string.Join('\0', expected), words);
    }

    [Theory]
    [InlineData("/", SandboxAccess.Read, false, true)]
    [InlineData("/", SandboxAccess.Write, false, false)]
    [InlineData("/tmp", SandboxAccess.Write, true, true)]
    [InlineData("/", SandboxAccess.Deny, true, true)]
    public void What_a_policy_limits_shows_without_looking_at_files(string path, SandboxAccess access, bool reading, bool writing)
    {
        var policy = Policy(new SandboxEntry(UnixPath.FromText(path), access));
        Assert.Equal((reading, writing), (policy.LimitsReading, policy.LimitsWriting));
        var narrowed = policy.WithGlob("/x/*");
        Assert.Equal((true, true), (narrowed.LimitsReading, narrowed.LimitsWriting));
    }
}
