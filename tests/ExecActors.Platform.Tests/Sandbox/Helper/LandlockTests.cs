using System.Text;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Sandbox.Helper;

public sealed class LandlockTests : IClassFixture<LeakCheck>
{
    [Fact]
    public async Task A_thread_keeps_what_it_was_granted_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var read = folder.Write("read/file", "r");
        var write = folder.Write("write/file", "w");
        var other = folder.Write("other/file", "o");

        await OnThreadOfItsOwnAsync(() =>
        {
            Assert.Null(Landlock.RestrictThread([Grant(Path.GetDirectoryName(read)!, write: false), Grant(Path.GetDirectoryName(write)!, write: true)]));

            Assert.Equal("r", File.ReadAllText(read));
            File.WriteAllText(write, "w2");
            File.Move(write, write + "2");
            File.Delete(write + "2");
            Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(write)!, "a/b"));

            // A kernel without Landlock leaves this wall out; the mounts are the first one.
            AssertRefusedWhere(Landlock.IsUsable, () => File.WriteAllText(read, "x"));
            AssertRefusedWhere(Landlock.IsUsable, () => File.Create(read + "2").Dispose());
            AssertRefusedWhere(Landlock.IsUsable, () => File.ReadAllText(other));
            AssertRefusedWhere(Landlock.IsUsable, () => Directory.GetFiles(folder.Path));
        });

        Assert.Equal("o", await File.ReadAllTextAsync(other)); // other threads go on as before
    }

    [Fact]
    public async Task A_single_file_can_be_granted_and_a_missing_place_grants_nothing()
    {
        using var folder = new TemporaryFolder();
        var one = folder.Write("one", "1");
        var two = folder.Write("two", "2");

        await OnThreadOfItsOwnAsync(() =>
        {
            Assert.Null(Landlock.RestrictThread([Grant(one, write: true), Grant(Path.Combine(folder.Path, "missing"), write: true)]));

            File.WriteAllText(one, "11");
            AssertRefusedWhere(Landlock.IsUsable, () => File.WriteAllText(two, "22"));
        });
    }

    [Fact]
    public void The_kernel_says_what_it_can_do() => Assert.Equal(Landlock.Abi >= 2, Landlock.IsUsable);

    private static LandlockGrant Grant(string path, bool write) => new(Encoding.UTF8.GetBytes(path), write);

    private static void AssertRefusedWhere(bool hasLandlock, Action access)
    {
        if (hasLandlock)
        {
            Assert.Throws<UnauthorizedAccessException>(access);
        }
    }

    /// <summary>The restriction stays with its thread, which ends here.</summary>
    private static async Task OnThreadOfItsOwnAsync(Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        }).Start();
        await done.Task.SoonAsync();
    }
}
