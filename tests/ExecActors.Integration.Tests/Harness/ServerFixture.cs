namespace ExecActors.Integration.Tests.Harness;

/// <summary>One WebSocket server for one test class, with a check at the end that the class left nothing in it.</summary>
public class ServerFixture : IAsyncLifetime
{
    private ServerProcess? _server;
    private ServerLeakCheck? _leaks;

    /// <summary>The server.</summary>
    public ServerProcess Server => _server ?? throw new InvalidOperationException("the fixture has not started its server");

    /// <summary>Arguments besides <c>--listen</c>.</summary>
    protected virtual IEnumerable<string> Arguments => [];

    /// <summary>Variables besides the base environment.</summary>
    protected virtual IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>();

    /// <summary>A new connection whose handshake is done.</summary>
    public Task<WireClient> OpenAsync(string? resume = null) => WireClient.OpenAsync(Server, resume);

    /// <summary>A new connection on which nothing has been sent.</summary>
    public Task<WireClient> ConnectAsync() => WireClient.ConnectAsync(Server);

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _server = await ServerProcess.StartAsync(Arguments, Environment);
        _leaks = await ServerLeakCheck.StartAsync(_server);
    }

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        if (_server is null)
        {
            return; // it did not start, which has failed every test of the class
        }

        await using var server = _server;
        if (_leaks is not null)
        {
            await _leaks.AssertNothingLeftAsync();
        }

        await server.StopAsync();
    }
}
