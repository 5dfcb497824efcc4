using ExecActors.Platform.Interop;
using ExecActors.Testing;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Tests.Processes;

public sealed class WidePipesTests(LeakCheck leaks) : IClassFixture<LeakCheck>
{
    private const int Usual = 64 * 1024;

    [Fact]
    public async Task A_program_that_fills_its_pipe_again_and_again_gets_a_wide_one()
    {
        _ = leaks;
        using var host = new LinuxProcessHost((_, _) => { });
        using var child = TestChild.Start(host, Spec.Shell("yes"), credit: 0);
        using var stdout = OpenStream(child.Process.Pid, 1);
        using var stderr = OpenStream(child.Process.Pid, 2);

        for (var pipe = 1; pipe <= 8; pipe++)
        {
            Assert.Equal(Usual, Libc.PipeCapacity(stdout));
            await FullAsync(stdout, Usual);
            child.Process.GrantRead(OutputStreamKind.Stdout, (pipe * Usual) - child.Received(OutputStreamKind.Stdout));
            var read = pipe * Usual;
            await child.UntilAsync(() => child.Received(OutputStreamKind.Stdout) >= read);
        }

        await FullAsync(stdout, WidePipes.Size);
        Assert.Equal(WidePipes.Size, Libc.PipeCapacity(stdout));
        Assert.Equal(Usual, Libc.PipeCapacity(stderr));
        Assert.Equal(1, host.WidePipes.Count);

        child.Process.Release();
        host.Dispose();
        Assert.Equal(0, host.WidePipes.Count);
    }

    [Fact]
    public void Only_so_many_are_wide_at_once()
    {
        Assert.Equal(0, Libc.Pipe2(out var read, out var write));
        using (read)
        using (write)
        {
            var pipes = new WidePipes();
            for (var count = 0; count < WidePipes.Most; count++)
            {
                Assert.True(pipes.TryWiden(read));
            }

            Assert.False(pipes.TryWiden(read));
            pipes.Return();
            Assert.True(pipes.TryWiden(read));
        }
    }

    [Fact]
    public void What_is_no_pipe_stays_as_it_is()
    {
        using var file = File.OpenHandle("/dev/null");
        var pipes = new WidePipes();

        Assert.False(pipes.TryWiden(file));
        Assert.Equal(0, pipes.Count);
    }

    private static SafeFileHandle OpenStream(int pid, int descriptor) =>
        File.OpenHandle($"/proc/{pid}/fd/{descriptor}", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);

    private static Task FullAsync(SafeFileHandle pipe, int bytes) => LeakCheck.SettleAsync(
        () => Libc.BytesReadable(pipe) is var found && found == bytes ? [] : [$"{found} bytes of {bytes} are in the pipe"]);
}
