using System.Net;
using ExecActors.Hosting.Authentication;
using ExecActors.Hosting.Tests.Support;
using ExecActors.Runtime.Connections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExecActors.Hosting.Tests.Http;

public sealed class EmbeddingTests
{
    [Fact]
    public async Task A_host_serves_the_endpoint_beside_its_own()
    {
        await using var app = await StartAsync(app =>
        {
            app.MapExecServer("/exec");
            app.MapGet("/own", context => AnswerAsync(context, "own"));
        });
        using var client = await ConnectAsync(app);

        Assert.Equal("own", (await client.RequestAsync("GET /own")).Body);
        Assert.Equal(200, (await client.RequestAsync("GET /readyz")).Status);
        Assert.Equal(404, (await client.RequestAsync("GET /")).Status);
        Assert.Equal(405, (await client.RequestAsync("POST /exec", "Content-Length: 0\r\n")).Status);
        Assert.Equal(101, (await client.RequestAsync("GET /exec", WireClient.UpgradeHeaders)).Status);
        await client.SendTextAsync("hello");
        Assert.Equal("hello", await client.ReadTextAsync());
    }

    [Fact]
    public async Task The_guards_hold_on_the_mapped_endpoints_only()
    {
        await using var app = await StartAsync(
            app =>
            {
                app.MapExecServer("/exec");
                app.MapGet("/own", context => AnswerAsync(context, "own"));
            },
            options => options.Authentication = WebSocketAuthentication.CapabilityToken("open sesame"));
        using var client = await ConnectAsync(app);

        Assert.Equal(200, (await client.RequestAsync("GET /own", "Origin: null\r\nHost: example.test\r\n")).Status);
        Assert.Equal(403, (await client.RequestAsync("GET /readyz", "Origin: null\r\n")).Status);
        Assert.Equal(403, (await client.RequestAsync("GET /exec", "Host: example.test\r\n" + WireClient.UpgradeHeaders)).Status);
        Assert.Equal(401, (await client.RequestAsync("GET /exec", WireClient.UpgradeHeaders)).Status);
        Assert.Equal(101, (await client.RequestAsync("GET /exec", "Authorization: Bearer open sesame\r\n" + WireClient.UpgradeHeaders)).Status);
    }

    [Fact]
    public async Task Requests_and_frames_are_judged_as_by_the_binary()
    {
        const string Asked = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
        await using var app = await StartAsync(app => app.MapExecServer());
        using var client = await ConnectAsync(app);

        Assert.Equal(400, (await client.RequestAsync("GET /", Asked + "Sec-WebSocket-Key: x\r\n")).Status);
        Assert.Equal(417, (await client.RequestAsync("GET /", "Expect: 100-continue\r\n" + WireClient.UpgradeHeaders)).Status);
        await client.UpgradeAsync();
        await client.SendAsync(new byte[] { 0x81, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4 });
        Assert.Equal(1009, (await client.ReadFrameAsync()).CloseCode);
    }

    [Fact]
    public async Task Readiness_can_be_left_to_the_host()
    {
        await using var app = await StartAsync(app =>
        {
            app.MapExecServer(mapReadiness: false);
            app.MapGet("/readyz", context => AnswerAsync(context, "mine"));
        });
        using var client = await ConnectAsync(app);

        Assert.Equal("mine", (await client.RequestAsync("GET /readyz")).Body);
    }

    [Fact]
    public async Task A_full_web_server_answers_503()
    {
        await using var app = await StartAsync(app => app.MapExecServer(), configureServer: server => server.Limits.MaxConcurrentUpgradedConnections = 1);
        using var first = await ConnectAsync(app);
        await first.UpgradeAsync();
        using var second = await ConnectAsync(app);

        var answer = await second.RequestAsync("GET /", WireClient.UpgradeHeaders);

        Assert.Equal((503, null), (answer.Status, answer.Header("sec-websocket-accept")));
    }

    [Fact]
    public void Mapping_without_the_services_says_what_is_missing()
    {
        using var app = WebApplication.CreateSlimBuilder().Build();

        var error = Assert.Throws<InvalidOperationException>(() => app.MapExecServer());

        Assert.Contains("AddExecActors()", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<ExecServerOptions>> BadOptions => new()
    {
        { "ConcurrentRequests", options => options.ConcurrentRequests = 0 },
        { "AllowedHosts", options => options.AllowedHosts.Add("http://example") },
    };

    [Theory]
    [MemberData(nameof(BadOptions), DisableDiscoveryEnumeration = true)]
    public async Task An_option_out_of_range_stops_the_start_and_is_named(string name, Action<ExecServerOptions> configure)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(app => app.MapExecServer(), configure));

        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    private static Task AnswerAsync(HttpContext context, string text)
    {
        context.Response.ContentLength = text.Length;
        return context.Response.WriteAsync(text);
    }

    private static async Task<WebApplication> StartAsync(
        Action<WebApplication> map,
        Action<ExecServerOptions>? configure = null,
        Action<KestrelServerOptions>? configureServer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(server => configureServer?.Invoke(server));
        builder.Services.AddSingleton<IConnectionAcceptor>(TestAcceptor.Echo());
        builder.Services.AddExecActors(configure);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return app;
    }

    private static Task<WireClient> ConnectAsync(WebApplication app)
    {
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return WireClient.ConnectAsync(IPEndPoint.Parse(address["http://".Length..]));
    }
}
