using ExecActors.Testing;
using static ExecActors.Platform.Tests.Sandboxed;

namespace ExecActors.Platform.Tests;

/// <summary>What a sandboxed program sees of the files, by the rows of the protocol's sections 7.4 and 8.2.</summary>
public sealed class SandboxViewTests(HostFixture fixture) : IClassFixture<HostFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Root => _folder.Path;

    private string Workspace => $"{Root}/ws";

    public void Dispose() => _folder.Dispose();

    [SandboxFact]
    public async Task What_is_readable_only_cannot_be_written_made_or_removed()
    {
        _folder.Write("ws/a.txt", "A");
        var said = await SayAsync(fixture.Host, Policy(Read("/")), Workspace, "cat a.txt; echo; echo x > a.txt; echo x > b.txt; mkdir d; rm a.txt");
        Assert.StartsWith("A\n", said, StringComparison.Ordinal);
        Assert.Equal(4, said.Split("Read-only file system").Length - 1);
        Assert.Equal("A", await File.ReadAllTextAsync($"{Workspace}/a.txt"));
    }

    [SandboxFact]
    public async Task What_is_not_granted_is_absent()
    {
        _folder.Write("ws/a.txt", "A");
        _folder.Write("out/secret", "S");
        var said = await SayAsync(fixture.Host, Minimal(Read(Workspace)), Workspace, "cat a.txt; echo; cat ../out/secret; ls ..; ls /home; ls /tmp");
        Assert.Equal(
            $"A\ncat: ../out/secret: No such file or directory\nws\nls: cannot access '/home': No such file or directory\n{Path.GetFileName(Root)}", said);
    }

    [SandboxFact]
    public async Task What_is_denied_is_there_and_cannot_be_opened()
    {
        _folder.Write("ws/a.txt", "A");
        _folder.Write("ws/d/f", "D");
        var said = await SayAsync(
            fixture.Host, Policy(Read("/"), Write(Workspace), Deny($"{Workspace}/a.txt"), Deny($"{Workspace}/d")), Workspace,
            "cat a.txt; echo x > a.txt; ls d; cat d/f; echo x > d/g; rm -f a.txt; mv d e");
        Assert.Equal(5, said.Split("Permission denied").Length - 1);
        Assert.Equal(2, said.Split("Device or resource busy").Length - 1);
        Assert.Equal("A", await File.ReadAllTextAsync($"{Workspace}/a.txt"));
    }

    [SandboxFact]
    public async Task The_more_specific_path_wins_in_both_directions()
    {
        _folder.Write("ws/read/f", "R");
        _folder.Write("ws/read/write/f", "W");
        _folder.Write("ws/deny/f", "D");
        _folder.Write("ws/deny/read/f", "R");
        _folder.Write("ws/deny/write/f", "W");
        var policy = Policy(
            Read("/"), Write(Workspace), Read($"{Workspace}/read"), Write($"{Workspace}/read/write"), Deny($"{Workspace}/deny"),
            Read($"{Workspace}/deny/read"), Write($"{Workspace}/deny/write"));
        var said = await SayAsync(
            fixture.Host, policy, Workspace,
            "for f in g read/g read/write/g deny/g deny/read/g deny/write/g; do (echo x > $f) 2>/dev/null && echo $f; done; ls deny 2>/dev/null; cat deny/read/f");
        Assert.Equal("g\nread/write/g\ndeny/write/g\nR", said);
    }

    [SandboxFact]
    public async Task At_the_same_path_deny_wins_over_write_and_write_over_read()
    {
        _folder.Write("ws/both", "B");
        _folder.Write("ws/all", "A");
        var policy = Policy(
            Read("/"), Write($"{Workspace}/both"), Read($"{Workspace}/both"), Write($"{Workspace}/all"), Deny($"{Workspace}/all"), Read($"{Workspace}/all"));
        Assert.Equal(
            "wrote\ncat: all: Permission denied",
            await SayAsync(fixture.Host, policy, Workspace, "echo C > both && echo wrote; cat all"));
    }

    [SandboxTheory]
    [InlineData(".git")]
    [InlineData(".codex")]
    [InlineData(".agents")]
    [InlineData(".aws")]
    public async Task A_writable_root_keeps_its_protected_directories(string name)
    {
        _folder.Write($"ws/{name}/config", "C");
        _folder.Write($"ws/deeper/{name}/config", "C");
        var said = await SayAsync(
            fixture.Host, Workspace_(), Workspace,
            $"cat {name}/config; echo; echo x > {name}/config; echo x > {name}/new; rm -rf {name}; mv {name} other; mkdir new; mv -T new {name}; echo x > deeper/{name}/config && echo deeper");
        Assert.StartsWith("C\n", said, StringComparison.Ordinal);
        Assert.EndsWith("deeper", said, StringComparison.Ordinal);
        Assert.Equal("C", await File.ReadAllTextAsync($"{Workspace}/{name}/config"));
        Assert.Equal($"{Workspace}/{name}/config", Assert.Single(Directory.EnumerateFileSystemEntries($"{Workspace}/{name}")));
    }

    [SandboxFact]
    public async Task A_protected_name_that_is_a_file_is_kept_too()
    {
        _folder.Write("ws/.git", "gitdir: /elsewhere");
        await SayAsync(fixture.Host, Workspace_(), Workspace, "echo x > .git; rm -f .git; echo x > new; mv -f new .git");
        Assert.Equal("gitdir: /elsewhere", await File.ReadAllTextAsync($"{Workspace}/.git"));
    }

    [SandboxFact]
    public async Task A_protected_name_that_is_absent_cannot_be_made_and_is_absent_afterwards()
    {
        Directory.CreateDirectory(Workspace);
        var said = await SayAsync(
            fixture.Host, Workspace_(), Workspace,
            "mkdir .git && echo made; mkdir .git/hooks && echo made; echo x > .codex && echo made; ln -s /etc .agents/x && echo made; mkdir new; mv -T new .aws && echo made; ls -A");
        Assert.DoesNotContain("made", said, StringComparison.Ordinal);
        Assert.Equal($"{Workspace}/new", Assert.Single(Directory.EnumerateFileSystemEntries(Workspace)));
    }

    [SandboxFact]
    public async Task An_entry_for_a_protected_name_speaks_for_itself()
    {
        _folder.Write("ws/.git/config", "C");
        var policy = Policy(Read("/"), Write(Workspace), Write($"{Workspace}/.git"));
        Assert.Equal("wrote", await SayAsync(fixture.Host, policy, Workspace, "echo x > .git/config && echo wrote"));
    }

    [SandboxFact]
    public async Task With_the_root_writable_no_name_is_protected()
    {
        Directory.CreateDirectory(Workspace);
        Assert.Equal("made", await SayAsync(fixture.Host, Policy(Write("/"), Write(Workspace)), Workspace, "mkdir .git && echo made"));
        Assert.True(Directory.Exists($"{Workspace}/.git"));
    }

    [SandboxFact]
    public async Task A_write_entry_for_an_absent_path_grants_nothing()
    {
        Directory.CreateDirectory(Workspace);
        var said = await SayAsync(fixture.Host, Policy(Read("/"), Write($"{Workspace}/absent")), Workspace, "mkdir absent");
        Assert.EndsWith("Read-only file system", said, StringComparison.Ordinal);
    }

    [SandboxFact]
    public async Task A_writable_root_itself_cannot_be_removed()
    {
        Directory.CreateDirectory(Workspace);
        await SayAsync(fixture.Host, Workspace_(), "/", $"rm -rf {Workspace}; rmdir {Workspace}; mv {Workspace} {Root}/other");
        Assert.True(Directory.Exists(Workspace));
    }

    [SandboxFact]
    public async Task Patterns_deny_what_they_match_when_the_program_starts()
    {
        _folder.Write("ws/x.env", "X");
        _folder.Write("ws/d/y.env", "Y");
        _folder.Write("ws/d/b.txt", "B");
        var policy = Workspace_().WithGlob($"{Workspace}/**/*.env");
        Assert.Equal(
            "cat: x.env: Permission denied\ncat: d/y.env: Permission denied\nB",
            await SayAsync(fixture.Host, policy, Workspace, "cat x.env; cat d/y.env; cat d/b.txt"));
    }

    [SandboxFact]
    public async Task A_root_reached_by_a_link_is_granted_under_both_names()
    {
        _folder.Write("ws/a.txt", "A");
        File.CreateSymbolicLink($"{Root}/link", Workspace);
        var said = await SayAsync(fixture.Host, Minimal(Write($"{Root}/link")), $"{Root}/link", $"pwd -P; cat {Root}/link/a.txt {Workspace}/a.txt; echo x > b && echo wrote");
        Assert.Equal($"{Workspace}\nAAwrote", said);
    }

    [SandboxFact]
    public async Task A_name_that_is_not_text_is_kept_byte_by_byte()
    {
        var raw = UnixPath.FromText(Workspace).Child("caf\u00E9\u00FF");
        await SayAsync(fixture.Host, policy: null, Root, "mkdir -p ws/$(printf 'caf\\351\\377'); echo S > ws/$(printf 'caf\\351\\377')/s");
        var policy = Policy(Read("/"), new SandboxEntry(raw, SandboxAccess.Deny));
        Assert.EndsWith("Permission denied", await SayAsync(fixture.Host, policy, Workspace, "ls caf*"), StringComparison.Ordinal);
        await SayAsync(fixture.Host, policy: null, Workspace, "rm -r caf*"); // the runtime cannot name it
    }

    [SandboxFact]
    public async Task Devices_are_a_small_set_unless_everything_may_be_written()
    {
        Assert.Equal("core fd full null ptmx pts random shm stderr stdin stdout tty urandom zero", await Devices(Policy(Read("/"))));
        Assert.Equal(await Devices(policy: null), await Devices(Policy(Write("/"))));

        Task<string> Devices(SandboxPolicy? policy) => SayAsync(fixture.Host, policy, "/", "echo $(ls /dev | sort)");
    }

    [SandboxFact]
    public async Task Nothing_can_be_left_in_the_skeleton_of_a_view_that_starts_out_empty()
    {
        Directory.CreateDirectory(Workspace);
        var said = await SayAsync(fixture.Host, Minimal(Read(Workspace)), Workspace, $"touch /x {Root}/x");
        Assert.Equal(2, said.Split("Read-only file system").Length - 1);
    }

    private SandboxPolicy Workspace_() => Sandboxed.Workspace(Workspace);
}
