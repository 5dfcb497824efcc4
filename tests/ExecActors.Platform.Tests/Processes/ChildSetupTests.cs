using System.Globalization;

namespace ExecActors.Platform.Tests.Processes;

public sealed class ChildSetupTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    public static TheoryData<ProcessIo> EveryIo => [.. Enum.GetValues<ProcessIo>()];

    [Theory]
    [MemberData(nameof(EveryIo))]
    public async Task A_child_has_no_descriptor_but_its_three(ProcessIo io)
    {
        // Others of ours, which must not travel.
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        using var other = TestChild.Start(fixture.Host, Spec.Of("cat") with { Io = ProcessIo.PipesWithStdin });

        // ls opens the folder itself as 3.
        Assert.Equal("0 1 2 3", await OutputOf("ls -1 /proc/self/fd | tr '\\n' ' '", io));
    }

    [Theory]
    [MemberData(nameof(EveryIo))]
    public async Task No_signal_is_blocked_ignored_or_caught(ProcessIo io)
    {
        var child = await TestChild.RunAsync(fixture.Host, Spec.Of("cat", "/proc/self/status") with { Io = io });

        string[] expected = ["SigBlk:0000000000000000", "SigIgn:0000000000000000", "SigCgt:0000000000000000"];
        Assert.Equal(expected, Lines(child).Where(line => line.StartsWith("Sig", StringComparison.Ordinal) && line[3] is 'B' or 'I' or 'C').ToArray());
    }

    [Theory]
    [MemberData(nameof(EveryIo))]
    public async Task A_child_leads_its_own_session_and_group(ProcessIo io)
    {
        var child = await TestChild.RunAsync(fixture.Host, Spec.Of("cut", "-d", " ", "-f", "1,5,6", "/proc/self/stat") with { Io = io });

        var pid = child.Process.Pid.ToString(CultureInfo.InvariantCulture);
        Assert.Equal([$"{pid} {pid} {pid}"], Lines(child));
    }

    [Fact]
    public async Task Umask_and_limits_are_the_servers()
    {
        var umask = (await File.ReadAllLinesAsync("/proc/self/status")).Single(line => line.StartsWith("Umask:", StringComparison.Ordinal)).Split('\t')[1];
        var limits = await File.ReadAllTextAsync("/proc/self/limits");

        Assert.Equal(umask, await OutputOf("umask", ProcessIo.Pipes));
        Assert.Equal(limits.TrimEnd(), await OutputOf("cat /proc/self/limits", ProcessIo.Pipes));
    }

    [Fact]
    public async Task Shell_is_added_for_a_terminal_that_lacks_it_and_for_nothing_else()
    {
        Assert.Equal("unset", await OutputOf("echo ${SHELL-unset}", ProcessIo.Pipes));
        Assert.Equal(UserEntry.TerminalShell(), await OutputOf("echo ${SHELL-unset}", ProcessIo.Terminal));

        var spec = Spec.Shell("echo $SHELL", ProcessIo.Terminal).With(("SHELL", "mine"));
        Assert.Equal(["mine"], Lines(await TestChild.RunAsync(fixture.Host, spec)));
    }

    private async Task<string> OutputOf(string script, ProcessIo io)
    {
        var child = await TestChild.RunAsync(fixture.Host, Spec.Shell(script, io));
        return (child.Stdout + child.Terminal).TrimEnd();
    }

    private static string[] Lines(TestChild child) => (child.Stdout + child.Terminal)
        .Replace("\r", "", StringComparison.Ordinal).Replace("\t", "", StringComparison.Ordinal).TrimEnd('\n').Split('\n');
}
