using ExecActors.Testing;
using static ExecActors.Platform.Tests.Sandboxed;

namespace ExecActors.Platform.Tests;

/// <summary>A wall stands at a path. It cannot be carried away by renaming a directory above it, to make the path anew without it.</summary>
public sealed class MovedWallsTests(HostFixture fixture) : IClassFixture<HostFixture>, IDisposable
{
    private const string Exchange = "perl -e 'exit syscall(316, -100, $ARGV[0], -100, $ARGV[1], 2) ? 1 : 0' ";

    private readonly TemporaryFolder _folder = new();

    private string W => _folder.Path;

    public void Dispose() => _folder.Dispose();

    [SandboxTheory]
    [InlineData("mv ws old")]
    [InlineData("mv -T ws old")]
    [InlineData("mv ws/a old")]
    [InlineData("mkdir new; " + Exchange + "ws new")]
    [InlineData("mkdir new; " + Exchange + "new ws/a")]
    [InlineData("mkdir conf/new; " + Exchange + "conf/new conf/prod")]
    [InlineData("mv conf old")]
    [InlineData("mv deep old")]
    [InlineData("mv deep/x old")]
    [InlineData("mv later old")]
    [InlineData("mv out old")]
    [InlineData("mv out/mid old")]
    public async Task A_directory_that_leads_to_a_wall_keeps_its_place(string attempt)
    {
        Prepare();
        Assert.Equal("moved", await SayAsync(fixture.Host, Policy(Read("/"), Write(W)), W, $"({attempt}) 2>/dev/null && echo moved"));
        Clear();
        Prepare();
        var said = await SayAsync(fixture.Host, Walls(), W, $"({attempt}) && echo moved");
        Assert.DoesNotContain("moved", said, StringComparison.Ordinal);
        Assert.Equal("G", await File.ReadAllTextAsync($"{W}/ws/a/.git/config"));
    }

    [SandboxFact]
    public async Task What_lies_between_can_be_used_as_ever()
    {
        Prepare();
        var said = await SayAsync(
            fixture.Host, Walls(), W, "echo x >conf/f && mv conf/f conf/g && mkdir deep/d && mv deep/d deep/e && rm conf/g && rmdir deep/e && echo y >ws/a/free && mv ws/a/free moved && cat moved");
        Assert.Equal("y", said);
    }

    [SandboxFact]
    public void Each_writable_root_and_each_directory_before_a_wall_is_a_mount()
    {
        Prepare();
        var mounts = Walls().Plan().Mounts;
        Assert.Equal(
            "conf conf/prod deep deep/x deep/x/y deep/x/y/s.env later out out/mid out/mid/secret ws ws/a ws/a/.git",
            string.Join(' ', mounts.Where(mount => mount.Path.ToString() != W).Select(mount => Path.GetRelativePath(W, mount.Path.ToString()))));
        Assert.All(
            mounts.Where(mount => mount.Path.Name is "conf" or "deep" or "x" or "y" or "later" or "out" or "mid" or "ws" or "a"),
            mount => Assert.Equal(MountKind.ReadWrite, mount.Kind));
    }

    [SandboxFact]
    public void With_everything_writable_only_what_leads_to_a_wall_is_a_mount()
    {
        Prepare();
        Assert.Equal("/sys", string.Join(' ', Policy(Write("/"), Write($"{W}/ws")).Plan().Mounts.Select(mount => mount.Path.ToString()).Where(path => path.StartsWith(W, StringComparison.Ordinal) || path == "/sys")));
        var paths = Policy(Write("/"), Deny($"{W}/out/mid/secret")).Plan().Mounts.Select(mount => mount.Path.ToString()).ToArray();
        Assert.Contains($"{W}/out/mid", paths);
        Assert.Contains($"{W}/out", paths);
        Assert.Contains(W, paths);
        Assert.DoesNotContain($"{W}/ws", paths);
    }

    private SandboxPolicy Walls() => Policy(
        Read("/"), Write(W), Write($"{W}/ws"), Write($"{W}/ws/a"), Read($"{W}/conf/prod"), Deny($"{W}/out/mid/secret"), Deny($"{W}/later/none"))
        .WithGlob($"{W}/deep/**/*.env");

    private void Prepare()
    {
        _folder.Write("ws/a/.git/config", "G");
        _folder.Write("conf/prod/settings", "P");
        _folder.Write("deep/x/y/s.env", "E");
        _folder.Write("out/mid/secret", "S");
        Directory.CreateDirectory($"{W}/later");
    }

    private void Clear()
    {
        foreach (var directory in Directory.EnumerateDirectories(W))
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
