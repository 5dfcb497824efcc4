using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>A server in a network of its own, where an address can be taken away: what is sent to it or from it is gone, and neither end is told.</summary>
/// <remarks>
/// The network is a namespace that <c>unshare</c> makes: by root as it is, by anybody else inside a user namespace, as the sandbox's tests need it too. The test
/// itself stays outside, and reaches the server through relays that a shell inside the namespace carries. Owns the server and the relays.
/// </remarks>
public sealed class NetworkIsland : IAsyncDisposable
{
    private static readonly IPAddress _mortal = IPAddress.Parse("10.99.0.1");
    private readonly List<TcpRelay> _relays = [];
    private readonly string[] _enter;

    private NetworkIsland(ServerProcess server, bool isRoot)
    {
        Server = server;
        string[] target = ["nsenter", "--target", server.Pid.ToString(CultureInfo.InvariantCulture), "--net"];
        _enter = isRoot ? target : [.. target, "--user", "--preserve-credentials"];
    }

    /// <summary>The server. Its address is of use inside only.</summary>
    public ServerProcess Server { get; }

    /// <summary>Starts the server with these settings.</summary>
    /// <param name="settings">What a <c>--config</c> file says.</param>
    /// <param name="folder">Where that file is put.</param>
    public static async Task<NetworkIsland> StartAsync(string settings, FileTree folder)
    {
        folder.File("island.conf", settings);
        var isRoot = await RunAsync(["unshare", "--net", "true"]) == 0;
        string[] wrapper =
        [
            .. isRoot ? ["unshare", "--net"] : (string[])["unshare", "--user", "--map-root-user", "--net"],
            "sh", "-c", $"ip link set lo up && ip address add {_mortal}/32 dev lo && exec \"$@\"", "sh",
        ];
        var server = await ServerProcess.StartWrappedAsync(
            wrapper, "ws://0.0.0.0:0", ServerUnderTest.IsReference ? [] : ["--insecure-listen", "--config", folder.At("island.conf")]);
        return new NetworkIsland(server, isRoot);
    }

    /// <summary>A way in over the address that can be lost; each connection to it is one to the server.</summary>
    public IPEndPoint OverMortalAddress() => Open(_mortal);

    /// <summary>A way in over an address that stays.</summary>
    public IPEndPoint OverLoopback() => Open(IPAddress.Loopback);

    /// <summary>Takes the address away. What is under way between the two ends, and what they will send, is lost without a word.</summary>
    public async Task LoseAddressAsync() =>
        Assert.Equal(0, await RunAsync([.. _enter, "ip", "address", "del", $"{_mortal}/32", "dev", "lo"]));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var relay in _relays)
        {
            await relay.DisposeAsync();
        }

        await Server.DisposeAsync();
    }

    private IPEndPoint Open(IPAddress address)
    {
        var script = $"exec 3<>/dev/tcp/{address}/{Server.Endpoint.Port} && {{ cat <&3 & cat >&3; }}";
        var relay = new TcpRelay([.. _enter, "bash", "-c", script]);
        _relays.Add(relay);
        return relay.Endpoint;
    }

    private static async Task<int> RunAsync(string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        await Patience.ForAsync(process.WaitForExitAsync(), () => string.Join(' ', command));
        await error;
        return process.ExitCode;
    }
}
