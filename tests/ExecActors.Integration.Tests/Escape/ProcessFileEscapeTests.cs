using ExecActors.Testing;

namespace ExecActors.Integration.Tests.Escape;

/// <summary>Processes that try to reach files their policy does not grant.</summary>
public sealed class ProcessFileEscapeTests(SandboxServer fixture) : EscapeTests(fixture), IClassFixture<SandboxServer>
{
    private const string Mount = "unshare -m sh -c 'CMD' 2>/dev/null || unshare -rm sh -c 'CMD'";

    [SandboxTheory]
    [InlineData("echo x >../out/new")]
    [InlineData("echo x >ROOT/out/new")]
    [InlineData("echo x >esc/new")]
    [InlineData("ln -s ROOT/out made && echo x >made/new")]
    [InlineData("ln -s ../out/new made && echo x >made")]
    [InlineData("mkdir -p m/n && ln -s ../../../out m/n/o && echo x >m/n/o/new")]
    [InlineData("echo x >/proc/self/root/ROOT/out/new")]
    [InlineData("echo x >/proc/self/cwd/../out/new")]
    [InlineData("exec 9<../out && echo x >/proc/self/fd/9/new")]
    [InlineData("cp a.txt ../out/new")]
    [InlineData("mv a.txt ../out/new")]
    [InlineData("ln a.txt ../out/new")]
    [InlineData("mkdir ../out/new")]
    [InlineData("mkfifo ../out/new")]
    public Task Nothing_is_made_outside(string script) => AssertHeldAsync(script, _ => Tree.Has("out/new"));

    [SandboxTheory]
    [InlineData("echo x >../out/secret")]
    [InlineData("echo x >escf")]
    [InlineData("mv -f a.txt ../out/secret")]
    [InlineData("rm -f ../out/secret")]
    [InlineData("rm -rf ../out")]
    [InlineData("mv ../out ../gone")]
    [InlineData("truncate -s 0 ../out/secret")]
    [InlineData("ln ../out/secret mine && echo x >mine")]
    [InlineData("chmod 0 ../out/secret && echo x >../out/secret")]
    [InlineData("perl -e 'open(my $f, \"<\", \"../out/secret\"); open(my $g, \">\", \"/proc/self/fd/\".fileno($f)); print $g \"x\"'")]
    public Task Nothing_outside_is_changed(string script) =>
        AssertHeldAsync(script, _ => !Tree.Has("out/secret") || Tree.Read("out/secret") != "S");

    [SandboxTheory]
    [InlineData("touch -d 2001-01-01 ../out/secret")]
    [InlineData("chmod 0777 ../out/secret")]
    [InlineData("chmod 0777 escf")]
    [InlineData("chmod 0777 /proc/self/root/ROOT/out/secret")]
    public Task Not_even_times_and_modes(string script)
    {
        var (mode, year) = (Tree.Mode("out/secret"), DateTime.UnixEpoch.AddYears(31).Year);
        return AssertHeldAsync(script, _ => Tree.Mode("out/secret") != mode || File.GetLastWriteTimeUtc(Tree.At("out/secret")).Year == year);
    }

    [SandboxTheory]
    [InlineData("cat ../out/secret")]
    [InlineData("cat ROOT/ws/../out/secret")]
    [InlineData("cat esc/secret")]
    [InlineData("cat escf")]
    [InlineData("cat /proc/self/root/ROOT/out/secret")]
    [InlineData("cat /proc/self/cwd/../out/secret")]
    [InlineData("cat /proc/1/root/ROOT/out/secret /proc/SERVER/root/ROOT/out/secret 2>/dev/null | head -c 1")]
    [InlineData("cat /proc/$PPID/root/ROOT/out/secret")]
    [InlineData("cat /proc/*/root/ROOT/out/secret 2>/dev/null | head -c 1")]
    [InlineData("cat /proc/*/cwd/ROOT/out/secret /proc/*/cwd/../ROOT/out/secret /proc/*/cwd/../out/secret 2>/dev/null | head -c 1")]
    [InlineData("cd / && cat .ROOT/out/secret")]
    [InlineData("cp ../out/secret mine 2>/dev/null; cat mine ../out/secret 2>/dev/null | head -c 1")]
    [InlineData("ln -s ROOT/out/secret mine 2>/dev/null; cat mine ../out/secret 2>/dev/null | head -c 1")]
    public Task What_is_not_granted_is_not_read(string script) => AssertHeldAsync(script, ShowsSecret, ":minimal=read ROOT/ws=write");

    [SandboxTheory]
    [InlineData("cat d/f")]
    [InlineData("cat d/../d/f")]
    [InlineData("chmod 0777 d 2>/dev/null; cat d/f")]
    [InlineData("mv d moved 2>/dev/null; cat d/f moved/f 2>/dev/null")]
    [InlineData("rm -f a.txt; ln d/f a.txt 2>/dev/null; cat a.txt d/f 2>/dev/null | head -c 1")]
    [InlineData("cat /proc/*/root/ROOT/ws/d/f 2>/dev/null | head -c 1")]
    public Task What_is_denied_is_not_read(string script) =>
        AssertHeldAsync(script, run => run.Stdout == "D", ":root=read ROOT/ws=write ROOT/ws/d=deny");

    [SandboxTheory]
    [InlineData("cat a.txt")]
    [InlineData("mv a.txt b 2>/dev/null; cat a.txt b 2>/dev/null")]
    [InlineData("chmod 0777 a.txt 2>/dev/null; cat a.txt")]
    [InlineData("ln a.txt b 2>/dev/null; cat b a.txt 2>/dev/null | head -c 1")]
    public Task What_a_pattern_denies_is_not_read(string script) => AssertHeldAsync(script, run => run.Stdout == "A", ":root=read ROOT/ws=write **/*.txt=deny");

    [SandboxTheory]
    [InlineData("echo x >.git/config")]
    [InlineData("echo x >.git/new")]
    [InlineData("rm -rf .git")]
    [InlineData("mv .git old")]
    [InlineData("mv d .git/d")]
    [InlineData("mv -f a.txt .git/config")]
    [InlineData("cp a.txt .git/config")]
    [InlineData("ln -f a.txt .git/config")]
    [InlineData("mv .git old; mkdir .git; echo x >.git/config")]
    [InlineData("cd .. && mv ws moved && mkdir ws")]
    [InlineData("chmod 0777 .git/config")]
    [InlineData("perl -e 'open(my $d, \"<\", \".git/config\"); open(my $g, \">\", \"/proc/self/fd/\".fileno($d)); print $g \"x\"'")]
    public Task What_programs_run_from_is_not_changed(string script) => AssertHeldAsync(
        script, _ => !Tree.Has("ws/.git/config") || Tree.Read("ws/.git/config") != "G" || Tree.Names("ws/.git").Count != 1 || Tree.Mode("ws/.git/config") == 0x1FF);

    [SandboxTheory]
    [InlineData("mkdir .codex")]
    [InlineData("mkdir -p .codex/hooks && echo x >.codex/hooks/x")]
    [InlineData("echo x >.codex")]
    [InlineData("ln -s d .codex")]
    [InlineData("mv d .codex")]
    [InlineData("cp -r d .codex")]
    [InlineData("mkfifo .codex")]
    [InlineData("ln a.txt .codex")]
    public async Task What_programs_would_run_from_is_not_made(string script)
    {
        await AssertHeldAsync(script, _ => Tree.Has("ws/.codex"));
        await AssertHeldAsync(script.Replace(".codex", ".agents", StringComparison.Ordinal), _ => Tree.Has("ws/.agents"));
    }

    [SandboxTheory]
    [InlineData("mount --bind ../out d && echo x >d/new")]
    [InlineData("mount --rbind / d && echo x >d/ROOT/out/new")]
    [InlineData("mount -o remount,rw,bind / ; mount -o remount,rw ROOT; echo x >../out/new")]
    [InlineData("umount -l .; umount -l ROOT/ws; echo x >ROOT/out/new")]
    public Task Nothing_is_mounted(string script) => AssertHeldAsync(Mount.Replace("CMD", script.Replace("'", "", StringComparison.Ordinal), StringComparison.Ordinal), _ => Tree.Has("out/new"));

    [SandboxFact]
    public async Task A_hard_link_that_was_there_leads_out_which_is_known()
    {
        // Not held, neither here nor by the reference server: a policy is about paths. docs/SECURITY.md says so.
        await RunAsync("p", "printf x >hard", Sandbox(Workspace));
        Assert.Equal("x", Tree.Read("out/secret"));
    }

    [SandboxFact]
    public async Task Links_that_are_swapped_all_the_time_lead_nowhere()
    {
        // Two writers, one of them swapping the folder for a link out of the workspace as fast as it can.
        const string Race = """
            perl -e '
              mkdir "race"; symlink "ROOT/out", "race.link"; my $end = time + 1;
              if (fork) { while (time <= $end) { if (open(my $f, ">", "race/stolen")) { print $f "x"; close $f } } wait }
              else { while (time <= $end) { rename "race", "race.dir"; rename "race.link", "race"; rename "race", "race.link"; rename "race.dir", "race" } }'
            """;
        await AssertHeldAsync(Race, _ => Tree.Has("out/stolen"));
    }
}
