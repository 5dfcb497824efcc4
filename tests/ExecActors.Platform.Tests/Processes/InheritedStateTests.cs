using System.Runtime.InteropServices;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Processes;

/// <summary>What a server may have got from whoever started it.</summary>
public sealed class InheritedStateTests
{
    private const int SIGCHLD = 17;
    private const int SIG_IGN = 1;
    private const int ActionBytes = 256; // struct sigaction needs 152; it begins with the handler

    [Fact]
    public async Task An_ignored_sigchld_does_not_lose_exit_codes()
    {
        var before = new byte[ActionBytes];
        var ignoring = new byte[ActionBytes];
        ignoring[0] = SIG_IGN;
        Assert.Equal(0, SigAction(SIGCHLD, ignoring, before));
        try
        {
            using var host = new LinuxProcessHost((_, _) => { });
            Assert.Equal(new ExitStatus(7, 0), await (await TestChild.RunAsync(host, Spec.Shell("exit 7"))).Exited);
        }
        finally
        {
            Assert.Equal(0, SigAction(SIGCHLD, before, null));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_closed_standard_descriptor_does_not_mix_up_the_childs(int closed)
    {
        var leaks = new LeakCheck();
        using var host = new LinuxProcessHost((_, _) => { });
        var spec = Spec.Shell("cat; echo err >&2; ls -1 /proc/self/fd | tr '\\n' ' '", ProcessIo.PipesWithStdin);
        var saved = Dup(closed);
        Assert.InRange(saved, 3, int.MaxValue);
        TestChild child;
        try
        {
            Assert.Equal(0, Close(closed));
            child = TestChild.Start(host, spec);
        }
        finally
        {
            // One of our ends may have got the number, and dup2 would close it; then it is given back at the end.
            _ = IsOpen(closed) ? 0 : Dup2(saved, closed);
        }

        child.Write("in\n");
        child.Process.CloseStdin();
        await child.Exited;
        await child.AllEnded;
        child.Dispose();
        Assert.Equal(("in\n0 1 2 3 ", "err\n"), (child.Stdout, child.Stderr));

        host.Dispose();
        Assert.Equal(closed, Dup2(saved, closed));
        Assert.Equal(0, Close(saved));
        await leaks.AssertNothingLeftAsync();
    }

    private static bool IsOpen(int descriptor) => Path.Exists($"/proc/self/fd/{descriptor}");

#pragma warning disable SYSLIB1054 // LibraryImport would need unsafe code, which belongs to the platform project alone
    [DllImport("libc", EntryPoint = "sigaction")]
    private static extern int SigAction(int signal, byte[] action, byte[]? oldAction);

    [DllImport("libc", EntryPoint = "dup")]
    private static extern int Dup(int descriptor);

    [DllImport("libc", EntryPoint = "dup2")]
    private static extern int Dup2(int descriptor, int copy);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
#pragma warning restore SYSLIB1054
}
