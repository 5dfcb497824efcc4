using System.Net;
using ExecActors.Hosting.Transports;
using ExecActors.Platform;
using ExecActors.Runtime.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExecActors.Hosting.Http;

/// <summary>The HTTP face of the server: readiness, and the upgrade that turns a request into a connection.</summary>
/// <remarks>The acceptor is looked up with the first upgrade, so that readiness can be answered before the actors are up.</remarks>
internal sealed class ExecServerSite(
    IServiceProvider services, RequestGuard guard, IOptions<ExecServerOptions> options, ExecServerConfiguration configuration, TimeProvider time, ILogger<ExecServerSite> log)
{
    private readonly ExecServerOptions _options = options.Value;
    private readonly WebSocketTransportSettings _transport = new(configuration.Settings.Connection.PingInterval, configuration.Settings.Connection.CloseTimeout);

    /// <summary>The whole site: two paths, and 404.</summary>
    public Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/" or "" => AnswerUpgradeAsync(context),
        "/readyz" => AnswerReadinessAsync(context),
        _ => (guard.Check(context.Request) ?? HttpRefusal.NotFound).WriteAsync(context),
    };

    /// <summary>200 without a body, to anyone who passes the guard.</summary>
    public Task AnswerReadinessAsync(HttpContext context)
    {
        var method = context.Request.Method;
        var refusal = guard.Check(context.Request)
            ?? (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? null : HttpRefusal.ReadinessMethod);
        if (refusal is not null)
        {
            return refusal.WriteAsync(context);
        }

        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    /// <summary>Serves one connection from its upgrade to its end.</summary>
    public async Task AnswerUpgradeAsync(HttpContext context)
    {
        var refusal = guard.Check(context.Request) ?? UpgradeRequest.Check(context.Request) ?? Authenticate(context.Request);
        if (refusal is null)
        {
            refusal = UpgradeOf(context) is { } upgrade ? await ServeAsync(context, upgrade) : HttpRefusal.NotUpgradable;
        }

        if (refusal is not null)
        {
            HostingLog.Refused(log, PeerOf(context), refusal.Status, refusal.Text);
            await refusal.WriteAsync(context);
        }
    }

    private HttpRefusal? Authenticate(HttpRequest request) =>
        _options.Authentication?.Check(request.Headers.Authorization, time) is { } refusal ? HttpRefusal.Unauthorized(refusal) : null;

    private async Task<HttpRefusal?> ServeAsync(HttpContext context, IHttpUpgradeFeature upgrade)
    {
        var acceptor = services.GetRequiredService<IConnectionAcceptor>();
        if (!acceptor.HasRoom)
        {
            return HttpRefusal.NoRoom;
        }

        // Kestrel would cut a peer that reads slowly, upgraded or not. Slowness is handled by the flow control of the connection.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } responseRate)
        {
            responseRate.MinDataRate = null;
        }

        UpgradeRequest.Accept(context.Request, context.Response);
        Stream stream;
        try
        {
            stream = await upgrade.UpgradeAsync();
        }
        catch (InvalidOperationException)
        {
            context.Response.Headers.Clear(); // MaxConcurrentUpgradedConnections of the host: the answer is an ordinary one after all
            return HttpRefusal.NoRoom;
        }

        var peer = "websocket " + PeerOf(context);
        HostingLog.Opened(log, peer);
        var transport = new WebSocketFrameTransport(stream, peer, _transport, time, context.Abort);
        await using (transport)
        {
            using var watch = WatchOf(context);
            var end = await acceptor.ServeAsync(transport);
            HostingLog.Ended(log, peer, end.Reason);
        }

        return null;
    }

    private PeerWatch? WatchOf(HttpContext context) => context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket
        ? new PeerWatch(() => TcpProgress.Of(socket), configuration.Settings.Connection.UserTimeout, time, context.Abort)
        : null;

    // Kestrel would upgrade HTTP/1.0 as well, which has no upgrades (RFC 9110 section 7.8).
    private static IHttpUpgradeFeature? UpgradeOf(HttpContext context) =>
        HttpProtocol.IsHttp11(context.Request.Protocol) && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade
            ? upgrade
            : null;

    private static string PeerOf(HttpContext context) => context.Connection.RemoteIpAddress is { } address
        ? new IPEndPoint(address, context.Connection.RemotePort).ToString()
        : "unknown";
}
