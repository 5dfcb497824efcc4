using System.Net;
using System.Net.Sockets;
using ExecActors.Testing;

namespace ExecActors.Integration.Tests.Escape;

/// <summary>Processes that try to talk to somebody although their network is restricted.</summary>
public sealed class NetworkEscapeTests(SandboxServer fixture) : EscapeTests(fixture), IClassFixture<SandboxServer>
{
    [SandboxFact]
    public async Task Nobody_is_reached_by_TCP_or_UDP_of_version_4()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await AssertHeldAsync(Connect("AF_INET", "SOCK_STREAM", $"pack_sockaddr_in({port}, inet_aton(\"127.0.0.1\"))"), IsConnected);
        await AssertHeldAsync(Connect("AF_INET", "SOCK_DGRAM", $"pack_sockaddr_in({port}, inet_aton(\"127.0.0.1\"))"), IsConnected);
        await AssertHeldAsync($"bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port} && printf connected'", IsConnected);
        await AssertHeldAsync($"bash -c 'exec 3<>/dev/tcp/127.0.0.1/{Fixture.Server.Endpoint.Port} && printf connected'", IsConnected);
    }

    [SandboxFact]
    public async Task Nobody_is_reached_by_version_6()
    {
        if (!Socket.OSSupportsIPv6)
        {
            return;
        }

        using var listener = new TcpListener(IPAddress.IPv6Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await AssertHeldAsync(Connect("AF_INET6", "SOCK_STREAM", $"pack_sockaddr_in6({port}, inet_pton(AF_INET6, \"::1\"))"), IsConnected);
    }

    [SandboxTheory]
    [InlineData("AF_INET, SOCK_DGRAM, 0")] // what a question to the DNS takes
    [InlineData("AF_INET, SOCK_RAW, 1")]
    [InlineData("16, SOCK_RAW, 0")] // netlink, routes
    [InlineData("16, SOCK_RAW, 9")] // netlink, audit
    [InlineData("17, SOCK_RAW, 0x0300")] // packets
    public async Task No_such_socket_is_made(string socket)
    {
        var script = $"perl -MSocket -e 'my $s; socket($s, {socket}) and printf \"connected\"'";
        if ((await RunAsync("first", script, sandbox: null)).Stdout == "connected")
        {
            await AssertHeldAsync(script, IsConnected);
        }

        Assert.False(IsConnected(await RunAsync("second", script, Sandbox(Workspace)))); // also where nobody may
    }

    [SandboxTheory]
    [InlineData(38)] // AF_ALG
    [InlineData(40)] // AF_VSOCK
    [InlineData(31)] // AF_BLUETOOTH
    [InlineData(44)] // AF_XDP
    public async Task Other_families_are_refused_as_well(int family)
    {
        var run = await RunAsync("p", $"perl -e 'my $s; socket($s, {family}, 5, 0) || socket($s, {family}, 2, 0) || socket($s, {family}, 1, 0) ? print \"made\" : print $!+0'", Sandbox(Workspace));
        Assert.Equal("1", run.Stdout);
    }

    [SandboxFact]
    public async Task The_network_is_another_one_and_no_name_is_resolved()
    {
        var network = new FileInfo("/proc/self/ns/net").LinkTarget;
        await AssertHeldAsync("readlink /proc/self/ns/net", run => run.Stdout.Trim() == network);
        var run = await RunAsync("p", "getent ahosts example.com >/dev/null && printf connected", Sandbox(Workspace));
        Assert.False(IsConnected(run));
    }

    [SandboxFact]
    public async Task No_abstract_socket_of_the_host_is_reached()
    {
        var name = $"execactors-{Guid.NewGuid():N}";
        using var listener = Listen(new UnixDomainSocketEndPoint("\0" + name));
        await AssertHeldAsync(Connect("AF_UNIX", "SOCK_STREAM", $"pack_sockaddr_un(\"\\0{name}\")"), IsConnected);
        await AssertHeldAsync(
            "perl -MSocket -e 'my $s; socket($s, AF_UNIX, SOCK_STREAM, 0); bind($s, pack_sockaddr_un(\"\\0execactors-inside\")); system(\"grep -c NAME /proc/net/unix\")'"
                .Replace("NAME", name, StringComparison.Ordinal),
            run => run.Stdout.Trim() != "0");
    }

    [SandboxTheory]
    [InlineData("ROOT/out/socket")]
    [InlineData("ROOT/ws/socket")]
    [InlineData("/run/execactors-test-socket")]
    [InlineData("/var/run/execactors-test-socket")]
    public async Task No_socket_file_of_the_host_is_reached(string path)
    {
        var file = Here(path);
        if (file.Contains("/run/", StringComparison.Ordinal) && Environment.UserName != "root")
        {
            return; // nobody else can make one there
        }

        File.Delete(file);
        using var listener = Listen(new UnixDomainSocketEndPoint(file));
        try
        {
            var script = Connect("AF_UNIX", "SOCK_STREAM", $"pack_sockaddr_un(\"{file}\")");
            Assert.True(IsConnected(await RunAsync("free", script, sandbox: null)));
            Assert.False(IsConnected(await RunAsync("held", script, Sandbox(Workspace))));
            var linked = Connect("AF_UNIX", "SOCK_STREAM", "pack_sockaddr_un(\"linked\")");
            Assert.False(IsConnected(await RunAsync("linked", $"ln -s {file} linked; {linked}", Sandbox(Workspace))));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [SandboxFact]
    [Difference("shared-sockets")]
    public async Task A_socket_file_of_one_sandbox_is_covered_in_those_that_start_after_it()
    {
        const string Address = "pack_sockaddr_un(\"shared\")";
        const string Serve = $"exec perl -MSocket=:all -e 'my $s; socket($s, AF_UNIX, SOCK_STREAM, 0) && bind($s, {Address}) && listen($s, 9) or die; $| = 1; print \"bound\"; sleep 600'";
        var script = Connect("AF_UNIX", "SOCK_STREAM", Address);
        await Client.ResultAsync("process/start", Script("first", Serve, Sandbox(Workspace)));
        await Client.OutputUntilAsync("first", "bound");
        Assert.Equal((0, ""), await ConnectAsync("second"));
        Assert.Equal((0, ""), await ConnectAsync("third")); // whose own cover lies on the same file
        Assert.True(IsConnected(await RunAsync("open", script, sandbox: null)));
        Assert.True(await Client.TerminateAsync("first"));

        async Task<(int? Code, string Output)> ConnectAsync(string processId)
        {
            var run = await RunAsync(processId, $"{script}; :", Sandbox(Workspace));
            return (run.ExitCode, run.Stdout);
        }
    }

    [SandboxFact]
    public async Task No_diagnostic_port_of_the_server_is_reached_with_the_network_either()
    {
        var port = Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{Fixture.Server.Pid}-*").FirstOrDefault();
        if (port is null)
        {
            return; // the server has none
        }

        var script = Connect("AF_UNIX", "SOCK_STREAM", $"pack_sockaddr_un(\"{port}\")");
        await AssertHeldAsync(script, IsConnected, network: "enabled");
        await AssertHeldAsync(script, IsConnected, ":root=read :slash_tmp=write", "enabled");
    }

    private static string Connect(string family, string type, string address) =>
        $"perl -MSocket=:all -e 'my $s; socket($s, {family}, {type}, 0) && connect($s, {address}) && print \"connected\"'";

    private static bool IsConnected(ProcessRun run) => run.Stdout == "connected";

    private static Socket Listen(UnixDomainSocketEndPoint endpoint)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(endpoint);
        socket.Listen(16);
        return socket;
    }
}
