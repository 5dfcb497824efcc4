using System.Net.Sockets;
using ExecActors.Testing;
using static ExecActors.Platform.Tests.Sandboxed;

namespace ExecActors.Platform.Tests;

/// <summary>Where bubblewrap is missing or is not what it should be, nothing is run.</summary>
public sealed class BubblewrapTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LeakCheck _leaks = new();

    private string Marker => $"{_folder.Path}/ran";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_it_a_start_is_refused_with_what_to_install()
    {
        var refusal = Refusal("no-such-bwrap");
        Assert.Contains("was not found on the server's PATH; install it (apt-get install bubblewrap", refusal, StringComparison.Ordinal);
        Assert.Contains("or set sandbox.bubblewrap", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_no_program_is_refused_by_its_name() =>
        Assert.Contains($"sandbox.bubblewrap is {_folder.Path}/absent", Refusal($"{_folder.Path}/absent"), StringComparison.Ordinal);

    [Theory]
    [InlineData("exit 1", "it exited with 1 and said nothing")]
    [InlineData("exit 0", "it exited with 0 and said nothing")]
    [InlineData("echo something else", "something else")]
    [InlineData("echo bubblewrap 0.4.1", "bubblewrap 0.4.1, and 0.5.0 or later is needed")]
    [InlineData("test \"$1\" = --version && echo bubblewrap 0.9.0 || { echo no permission >&2; exit 1; }", "cannot make one here: no permission; allow user")]
    [InlineData("test \"$1\" = --version && echo bubblewrap 0.9.0", "cannot make one here")] // succeeds and does nothing
    public void A_stub_that_fails_leads_to_a_refusal(string script, string reason)
    {
        var refusal = Refusal(_folder.WriteProgram("bwrap", $"#!/bin/sh\n{script}\n"));
        Assert.StartsWith("a sandbox was asked for and cannot be made: ", refusal, StringComparison.Ordinal);
        Assert.Contains(reason, refusal, StringComparison.Ordinal);
    }

    [SandboxFact]
    public async Task What_did_not_work_is_tried_again_and_what_worked_is_not()
    {
        var calls = $"{_folder.Path}/calls";
        var real = new Bubblewrap(new SandboxOptions()).Require().Path;
        var stub = $"{_folder.Path}/bwrap";
        var bubblewrap = new Bubblewrap(new SandboxOptions { Bubblewrap = stub });
        using (var host = new LinuxProcessHost((_, _) => { }, bubblewrap))
        {
            Assert.Throws<ProcessStartException>(() => host.Start(Spec.Of("true").Under(Policy(Read("/")))));
            _folder.WriteProgram("bwrap", $"#!/bin/sh\n{{ echo x >> {calls}; }} 2>/dev/null\nexec {real} \"$@\"\n");
            for (var run = 0; run < 2; run++)
            {
                using var child = await TestChild.RunAsync(host, Spec.Of("true").Under(Policy(Read("/"))));
                Assert.Equal(0, (await child.Exited).Code);
            }
        }

        // Its version, the trial, its help, and two starts; inside the trial's sandbox it cannot be written.
        Assert.Equal(5, (await File.ReadAllLinesAsync(calls)).Length);
        await _leaks.AssertNothingLeftAsync();
    }

    [SandboxFact]
    public async Task One_that_begins_to_fail_later_leads_to_a_refusal()
    {
        var real = new Bubblewrap(new SandboxOptions()).Require().Path;
        var stub = _folder.WriteProgram("bwrap", $"#!/bin/sh\nexec {real} \"$@\"\n");
        using (var host = new LinuxProcessHost((_, _) => { }, new Bubblewrap(new SandboxOptions { Bubblewrap = stub })))
        {
            using var first = await TestChild.RunAsync(host, Spec.Of("true").Under(Policy(Read("/"))));
            _folder.WriteProgram("bwrap", "#!/bin/sh\necho broken >&2\nexit 1\n");
            var refusal = Assert.Throws<ProcessStartException>(() => host.Start(Spec.Of("touch", Marker).Under(Policy(Write("/")))));
            Assert.Equal(("the sandbox could not be made: broken", false), (refusal.Message, File.Exists(Marker)));
        }

        await _leaks.AssertNothingLeftAsync();
    }

    [SandboxFact]
    public async Task A_socket_that_goes_while_its_cover_is_made_does_not_fail_the_start()
    {
        var real = new Bubblewrap(new SandboxOptions()).Require().Path;
        var path = $"{_folder.Path}/socket";
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        using (var host = new LinuxProcessHost((_, _) => { }, new Bubblewrap(new SandboxOptions { Bubblewrap = $"{_folder.Path}/bwrap" })))
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            _folder.WriteProgram("bwrap", $"#!/bin/sh\ncase $* in *echo*) rm -f {path};; esac\nexec {real} \"$@\"\n");
            Assert.Equal("ran", await SayAsync(host, Policy(Read("/")), "/", "echo ran"));
        }

        await _leaks.AssertNothingLeftAsync();
    }

    [SandboxFact]
    public async Task A_directory_that_is_swapped_for_a_link_before_it_is_mounted_is_not_followed()
    {
        var facts = new Bubblewrap(new SandboxOptions()).Require();
        Assert.True(facts.BindsDescriptors, $"bubblewrap {facts.Version} has no --bind-fd: the race is open on this machine");
        _folder.Write("out/secret", "S");
        _folder.Write("tmp/ws/f", "F");
        var ws = $"{_folder.Path}/tmp/ws";
        var script = $"mv {ws} {ws}.old; ln -s {_folder.Path}/out {ws}; {facts.Path} \"$@\"; code=$?; rm {ws}; mv {ws}.old {ws}; exit $code";
        var stub = _folder.WriteProgram("bwrap", $"#!/bin/sh\ncase $* in *echo*) {script};; esac\nexec {facts.Path} \"$@\"\n");
        using (var host = new LinuxProcessHost((_, _) => { }, new Bubblewrap(new SandboxOptions { Bubblewrap = stub })))
        {
            var start = () => SayAsync(host, Policy(Read("/"), Write(ws)), "/", $"echo x > {ws}/secret; echo wrote");
            var refusal = await Assert.ThrowsAsync<ProcessStartException>(start);
            Assert.StartsWith("the sandbox could not be made: bwrap: ", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Equal("S", await File.ReadAllTextAsync($"{_folder.Path}/out/secret"));
        await _leaks.AssertNothingLeftAsync();
    }

    [SandboxFact]
    public async Task With_local_sockets_denied_none_can_be_made_whatever_the_network()
    {
        using var host = new LinuxProcessHost((_, _) => { }, new Bubblewrap(new SandboxOptions { DeniesUnixSockets = true }));
        foreach (var restricted in new[] { true, false })
        {
            Assert.Equal(
                "refused pair",
                await SayAsync(
                    host, Policy(Read("/")) with { RestrictsNetwork = restricted }, "/",
                    "perl -e 'socket(S, 1, 1, 0) or print \"refused \"; socketpair(A, B, 1, 1, 0) and print \"pair\"'"));
        }
    }

    [SandboxFact]
    public void What_the_machine_has_is_listed_without_a_remedy() =>
        Assert.All(
            SandboxSupport.Look(new Bubblewrap(new SandboxOptions())).Where(finding => finding.IsRequired),
            finding => Assert.Equal((true, null), (finding.IsThere, finding.Remedy)));

    [Fact]
    public void What_is_missing_is_listed_with_a_remedy()
    {
        var finding = SandboxSupport.Look(new Bubblewrap(new SandboxOptions { Bubblewrap = "no-such-bwrap" }))[0];
        Assert.Equal((true, false), (finding.IsRequired, finding.IsThere));
        Assert.StartsWith("install it (apt-get install bubblewrap", finding.Remedy, StringComparison.Ordinal);
    }

    private string Refusal(string program)
    {
        using var host = new LinuxProcessHost((_, _) => { }, new Bubblewrap(new SandboxOptions { Bubblewrap = program }));
        var refusal = Assert.Throws<ProcessStartException>(() => host.Start(Spec.Of("touch", Marker).Under(Policy(Write("/")))));
        Assert.False(File.Exists(Marker));
        return refusal.Message;
    }
}
