using System.Net;
using ExecActors.Hosting.Authentication;
using ExecActors.Hosting.Transports;
using ExecActors.Platform;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace ExecActors.Hosting.Http;

/// <summary>The exec-server's endpoints in an ASP.NET Core host: readiness, and the upgrade that turns a request into a connection.</summary>
internal sealed class ExecServerSite(SiteRules rules, ExecServerConfiguration configuration, TimeProvider time, ILogger<ExecServerSite> log) : IDisposable
{
    private readonly PeerWatches _peers = new(configuration.Settings.Connection.UserTimeout, time);
    private readonly WebSocketTransportSettings _transport = WebSocketTransportSettings.Of(configuration);

    /// <inheritdoc/>
    public void Dispose() => _peers.Dispose();

    /// <summary>200 without a body, to anyone who passes the guard.</summary>
    public Task AnswerReadinessAsync(HttpContext context)
    {
        if (rules.CheckReadiness(new AspNetRequestHead(context.Request)) is { } refusal)
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
        var request = new AspNetRequestHead(context.Request);

        // The web server writes no 100 before the 101, which RFC 9110 section 7.8 asks for.
        var refusal = rules.CheckUpgrade(request, context.Connection.RemoteIpAddress, out var admission)
            ?? (UpgradeRequest.ExpectsContinue(request) ? HttpRefusal.Expectation : null);
        if (refusal is null)
        {
            refusal = context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade
                ? await ServeAsync(context, request, upgrade, HostUser.Name(admission, context, rules.HostPrincipal))
                : HttpRefusal.NotUpgradable;
        }

        if (refusal is not null)
        {
            HostingLog.Refused(log, PeerOf(context), refusal.Status, refusal.Text);
            await refusal.WriteAsync(context);
        }
    }

    private async Task<HttpRefusal?> ServeAsync(HttpContext context, AspNetRequestHead request, IHttpUpgradeFeature upgrade, Admission admission)
    {
        // The web server would cut a peer that reads slowly, upgraded or not. Slowness is handled by the flow control of the connection.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } responseRate)
        {
            responseRate.MinDataRate = null;
        }

        context.Response.Headers[HeaderNames.Connection] = "Upgrade";
        context.Response.Headers[HeaderNames.Upgrade] = "websocket";
        context.Response.Headers[HeaderNames.SecWebSocketAccept] = UpgradeRequest.AcceptValue(request);
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
        var transport = new WebSocketFrameTransport(new StreamChannel(stream, context.Abort), peer, _transport, time, admission.Principal, admission.Until);
        await using (transport)
        {
            using var watch = WatchOf(context);
            var end = await rules.Acceptor.ServeAsync(transport);
            HostingLog.Ended(log, peer, end.Reason);
        }

        return null;
    }

    private PeerWatch? WatchOf(HttpContext context) => context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket
        ? new PeerWatch(_peers, () => TcpProgress.Of(socket), context.Abort)
        : null;

    private static string PeerOf(HttpContext context) => context.Connection.RemoteIpAddress is { } address
        ? new IPEndPoint(address, context.Connection.RemotePort).ToString()
        : "unknown";
}
