using System.Diagnostics;
using System.Net.Sockets;
using ExecActors.Testing;
using static ExecActors.Platform.Tests.Sandboxed;

namespace ExecActors.Platform.Tests;

/// <summary>Local sockets of others are not reached without the network, under whatever name they can be found.</summary>
public sealed class LocalSocketTests(HostFixture fixture) : IClassFixture<HostFixture>, IDisposable
{
    private const string Bind = """
        use Socket;
        chdir($ARGV[0]);
        my $s;
        socket($s, AF_UNIX, SOCK_STREAM, 0) && bind($s, pack_sockaddr_un($ARGV[1])) && listen($s, 9) or die $!;
        $| = 1;
        print "bound\n";
        <STDIN>
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SandboxFact]
    public async Task A_socket_that_was_renamed_is_not_reached()
    {
        using var listener = Listen($"{_folder.Path}/first");
        File.Move($"{_folder.Path}/first", $"{_folder.Path}/second");
        await AssertHeldAsync("second");
    }

    [SandboxFact]
    public async Task A_socket_that_was_moved_away_after_it_had_been_seen_is_not_reached()
    {
        Directory.CreateDirectory($"{_folder.Path}/a/b/c");
        using var listener = Listen($"{_folder.Path}/first");
        await AssertHeldAsync("first");
        File.Move($"{_folder.Path}/first", $"{_folder.Path}/a/b/c/second");
        await AssertHeldAsync("a/b/c/second");
        File.Move($"{_folder.Path}/a/b/c/second", $"{_folder.Path}/third");
        await AssertHeldAsync("third");
    }

    [SandboxFact]
    public async Task A_socket_with_two_names_is_reached_by_neither()
    {
        using var listener = Listen($"{_folder.Path}/first");
        await SayAsync(fixture.Host, policy: null, _folder.Path, "ln first second");
        await AssertHeldAsync("first");
        await AssertHeldAsync("second");
    }

    [SandboxTheory]
    [InlineData("relative", false)]
    [InlineData("absolute", true)]
    [InlineData("relative", true)]
    public async Task A_socket_of_another_program_is_not_reached(string name, bool hasOwnNetwork)
    {
        var path = name == "absolute" ? $"{_folder.Path}/absolute" : name;
        string[] own = Environment.IsPrivilegedProcess ? ["unshare", "-n"] : ["unshare", "-rn"];
        string[] command = [.. hasOwnNetwork ? own : [], "perl", "-e", Bind, _folder.Path, path];
        using var program = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        Assert.Equal("bound", await program.StandardOutput.ReadLineAsync().SoonAsync());
        await AssertHeldAsync(name);
        program.StandardInput.Close();
        await program.WaitForExitAsync().SoonAsync();
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        return socket;
    }

    private async Task AssertHeldAsync(string name)
    {
        var script = $"perl -MSocket=:all -e 'my $s; socket($s, AF_UNIX, SOCK_STREAM, 0) && connect($s, pack_sockaddr_un(\"{_folder.Path}/{name}\")) && print \"connected\"'";
        Assert.Equal("connected", await SayAsync(fixture.Host, policy: null, "/", script));
        Assert.Equal("", await SayAsync(fixture.Host, Policy(Read("/")), "/", script));
    }
}
