using System.Security.Cryptography;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>A server with the token <c>example-token</c>, and settings over the built-in ones. The leak check's own connections need the token, too, so it is not run here.</summary>
/// <param name="hocon">What a <c>--config</c> file says.</param>
public abstract class TokenServerFixture(string hocon) : IAsyncLifetime
{
    private readonly string _file = Path.Combine(ServerUnderTest.Home, $"{Guid.NewGuid():N}.conf");
    private ServerProcess? _server;

    /// <summary>The server.</summary>
    public ServerProcess Server => _server!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(_file, hocon);
        _server = await ServerProcess.StartAsync(
            ["--config", _file, "--ws-auth", "capability-token", "--ws-token-sha256", Convert.ToHexString(SHA256.HashData("example-token"u8))]);
    }

    /// <summary>A connection with the token.</summary>
    public Task<WireClient> ConnectAsync() => WireClient.ConnectAsync(Server, new Dictionary<string, string> { ["Authorization"] = "Bearer example-token" });

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await using var server = Server;
        await server.StopAsync();
        File.Delete(_file);
    }
}
