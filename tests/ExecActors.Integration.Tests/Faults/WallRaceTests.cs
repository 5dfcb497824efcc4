using System.Diagnostics;
using System.Globalization;
using ExecActors.Testing;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>Sandboxed programs that move, link, exchange and write, as a seed decides, whatever might carry a wall away; three at once, each in a sandbox of its own.</summary>
/// <remarks>What the policy protects has to be as it was, at its path, and nothing of the machine's own may have been opened for writing.</remarks>
public sealed class WallRaceTests : IDisposable
{
    private const int Programs = 3;

    // Perl makes the system calls that a shell has no word for: 316 is renameat2, 2 its RENAME_EXCHANGE (276 on arm64).
    private const string Moves = """
        my ($seed, $moves, $root) = @ARGV;
        srand($seed);
        chdir($root) or die;
        my $exchange = `uname -m` =~ /aarch64/ ? 276 : 316;
        my @names = qw(ws ws/sub ws/sub/.git ws/.git ws/.git/hooks ws/.git/hooks/pre-commit ws/.codex ws/.codex/config.toml .git .codex conf conf/prod
            conf/prod/settings deep deep/a deep/a/b deep/a/b/key.env later later/none later/none/x ws/free free old new new/hooks new/hooks/pre-commit old/.git
            old/.git/hooks/pre-commit new/prod new/prod/settings);
        my @machine = grep { -f } map { glob } qw(/proc/sys/kernel/* /proc/sys/vm/* /proc/sys/fs/* /proc/sys/net/*/* /proc/mtrr /proc/pressure/* /proc/irq/*/*
            /proc/self/root/proc/sys/kernel/* /sys/kernel/*/* /sys/kernel/mm/*/* /sys/fs/cgroup/* /sys/fs/cgroup/*/* /sys/class/*/*/uevent);
        sub name { my $n = $names[rand @names]; my $r = int(rand 8); $r == 0 ? "$root/$n" : $r == 1 ? "ws/../$n" : $r == 2 ? "/proc/self/cwd/$n" : $n }
        sub put { my $n = shift; open(my $f, ">", $n) or return; print $f "evil"; close $f }
        for (1 .. $moves) {
            my ($one, $two, $what) = (name(), name(), int(rand 11));
            if ($what < 2) { rename($one, $two) }
            elsif ($what == 2) { syscall($exchange, -100, $one, -100, $two, 2) }
            elsif ($what == 3) { mkdir($one) }
            elsif ($what == 4) { symlink($two, $one) }
            elsif ($what == 5) { link($one, $two) }
            elsif ($what == 6) { unlink($one) }
            elsif ($what == 7) { rmdir($one) }
            elsif ($what == 8) { chmod(0777, $one) }
            elsif ($what == 9) { put($one) }
            else { my $m = $machine[rand @machine]; open(my $f, ">>", $m) and print "opened $m\n" }
        }
        print "done\n";
        """;

    private readonly FileTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [SandboxTheory]
    [InlineData("root")]
    [InlineData("nobody")]
    public async Task Nothing_that_is_protected_changes_whatever_is_moved(string user)
    {
        var rounds = FaultRun.Rounds(600);
        Prepare(user);
        await using var server = await StartAsync(user);
        await using (var client = await WireClient.OpenAsync(server))
        {
            var each = (rounds + Programs - 1) / Programs;
            for (var program = 0; program < Programs; program++)
            {
                await client.ResultAsync("process/start", Start(program, each));
            }

            for (var program = 0; program < Programs; program++)
            {
                var run = await client.FinishAsync(Id(program));
                Assert.True(run.Stdout == "done\n", $"{run.Stdout}{run.Stderr}{Environment.NewLine}again: {FaultRun.Replay(rounds, nameof(WallRaceTests))}");
            }

            Assert.Equal("hook|P|E|S|", State(), StringComparer.Ordinal);
        }

        await server.StopAsync();
    }

    private static string Id(int program) => string.Create(CultureInfo.InvariantCulture, $"p{program}");

    private static Task<ServerProcess> StartAsync(string user) => user == "root" || !Environment.IsPrivilegedProcess
        ? ServerProcess.StartAsync()
        : ServerProcess.StartWrappedAsync(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"], "ws://127.0.0.1:0");

    private void Prepare(string user)
    {
        _tree.File("w/ws/.git/hooks/pre-commit", "hook").File("w/conf/prod/settings", "P").File("w/deep/a/b/key.env", "E").File("secret", "S")
            .Directory("w/later").Directory("w/ws/sub");
        if (user != "root" && Environment.IsPrivilegedProcess)
        {
            using var owner = Process.Start("chown", ["-R", "65534:65534", _tree.Root]);
            owner.WaitForExit();
        }
    }

    // The last part: the protected names that were absent, should one be there.
    private string State() => string.Join(
        '|',
        ReadOr("w/ws/.git/hooks/pre-commit"),
        ReadOr("w/conf/prod/settings"),
        ReadOr("w/deep/a/b/key.env"),
        ReadOr("secret"),
        string.Concat(new[] { "w/.git", "w/.codex", "w/ws/.codex", "w/later/none" }.Where(_tree.Has)));

    private string ReadOr(string name) => _tree.Has(name) ? _tree.Read(name) : "gone";

    private JObject Start(int program, int moves)
    {
        var w = _tree.At("w");
        var start = WireClient.StartParams(
            Id(program), "perl", "-e", Moves, (FaultRun.Seed + program).ToString(CultureInfo.InvariantCulture), moves.ToString(CultureInfo.InvariantCulture), w);
        start["sandbox"] = new JObject
        {
            ["permissions"] = JObject.Parse($$$"""
                {"type":"managed","network":"restricted","file_system":{"type":"restricted","entries":[
                    {"path":{"type":"special","value":{"kind":"root"}},"access":"read"},
                    {"path":{"type":"path","path":"file://{{{w}}}"},"access":"write"},
                    {"path":{"type":"path","path":"file://{{{w}}}/ws"},"access":"write"},
                    {"path":{"type":"path","path":"file://{{{w}}}/conf/prod"},"access":"read"},
                    {"path":{"type":"path","path":"file://{{{w}}}/later/none"},"access":"read"},
                    {"path":{"type":"glob_pattern","pattern":"{{{w}}}/deep/**/*.env"},"access":"deny"}]}}
                """),
            ["cwd"] = _tree.Uri("w"),
            ["workspaceRoots"] = new JArray(_tree.Uri("w")),
            ["windowsSandboxLevel"] = "disabled",
        };
        return start;
    }
}
