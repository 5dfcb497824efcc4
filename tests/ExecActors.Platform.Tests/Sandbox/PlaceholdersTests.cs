using ExecActors.Platform.Interop;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests;

public sealed class PlaceholdersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private UnixPath Path => UnixPath.FromText($"{_folder.Path}/.git");

    private bool IsThere => Directory.Exists(Path.ToString());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_last_holder_removes_it()
    {
        var first = Placeholders.Hold([Path]);
        var second = Placeholders.Hold([Path]);
        Assert.True(IsThere);
        first.Dispose();
        Assert.True(IsThere);
        second.Dispose();
        Assert.False(IsThere);
    }

    [Fact]
    public void One_that_was_left_behind_is_taken_over_and_removed()
    {
        Assert.Equal(0, Libc.MakeDirectory(Path.ToCString(), 0x3ED)); // 01755
        using (Placeholders.Hold([Path]))
        {
            Assert.True(IsThere);
        }

        Assert.False(IsThere);
    }

    [Fact]
    public void What_somebody_put_something_into_stays()
    {
        using (Placeholders.Hold([Path]))
        {
            _folder.Write(".git/config", "G");
        }

        Assert.Equal("G", File.ReadAllText($"{Path}/config"));
    }

    [Fact]
    public void A_directory_that_was_made_meanwhile_stays()
    {
        Directory.CreateDirectory(Path.ToString());
        Placeholders.Hold([Path]).Dispose();
        Assert.True(IsThere);
    }

    [Fact]
    public void A_file_or_link_that_was_made_meanwhile_is_refused()
    {
        foreach (var make in new Action[] { () => _folder.Write(".git", ""), () => File.CreateSymbolicLink(Path.ToString(), "/tmp") })
        {
            make();
            var refusal = Assert.Throws<SandboxException>(() => Placeholders.Hold([UnixPath.FromText($"{_folder.Path}/.codex"), Path]));
            Assert.StartsWith($"the sandbox cannot keep {Path} from being made", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(Path.ToString(), Assert.Single(Directory.EnumerateFileSystemEntries(_folder.Path))); // the first was let go
            File.Delete(Path.ToString());
        }
    }

    [Fact]
    public void Where_this_user_may_make_nothing_none_is_needed()
    {
        using var placeholders = Placeholders.Hold([UnixPath.FromText("/sys/.git"), Path]); // sysfs makes no directories for anybody
        Assert.Equal(Path, Assert.Single(placeholders.Held).Path);
    }

    [Fact]
    public async Task Holders_that_come_and_go_at_once_never_hold_one_that_is_gone()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var round = 0; round < 300; round++)
            {
                using (Placeholders.Hold([Path]))
                {
                    Assert.True(IsThere);
                }
            }
        }))).SoonAsync();
        Assert.False(IsThere);
    }
}
