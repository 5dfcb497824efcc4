using System.Net;
using ExecActors.Hosting.Authentication;
using ExecActors.Runtime;
using ExecActors.Runtime.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace ExecActors.Hosting.Http;

/// <summary>Which requests are answered with what, wherever they come in: every refusal, in the reference server's order, and the way to a connection.</summary>
/// <remarks>The acceptor is looked up with the first upgrade, so that readiness can be answered before the actors are up.</remarks>
internal sealed class SiteRules(IServiceProvider services, IOptions<ExecServerOptions> options, TimeProvider time)
{
    /// <summary>The path of the upgrade where the site is all ours.</summary>
    public const string UpgradePath = "/";

    /// <summary>The path that says whether the server is there.</summary>
    public const string ReadinessPath = "/readyz";

    private readonly ExecServerOptions _options = options.Value;
    private readonly HostRule _hosts = new(options.Value.AllowedHosts);

    /// <summary>Serves the connections that were let in.</summary>
    public IConnectionAcceptor Acceptor => services.GetRequiredService<IConnectionAcceptor>();

    /// <summary>Who it is that an embedding host has let in, as far as the host knows; null when it does not.</summary>
    public Func<HttpContext, Principal?>? HostPrincipal => _options.Principal;

    /// <summary>What every request has to pass before anything else is looked at: no browser behind it, and no name we do not know.</summary>
    /// <returns>The refusal to answer with; null when the request may go on.</returns>
    public HttpRefusal? Guard(IRequestHead request)
    {
        // Presence decides, not the value: browsers send the header, exec-server clients do not.
        if (request.Has(HeaderNames.Origin))
        {
            return HttpRefusal.Origin;
        }

        return !_hosts.Allows(request[HeaderNames.Host].ToString()) ? HttpRefusal.Host
            : UpgradeRequest.ExpectsOther(request) ? HttpRefusal.Expectation
            : null;
    }

    /// <summary>Whether readiness is to be answered with 200 and no body; else with the refusal.</summary>
    public HttpRefusal? CheckReadiness(IRequestHead request) =>
        Guard(request) ?? (request.Method is "GET" or "HEAD" ? null : HttpRefusal.ReadinessMethod);

    /// <summary>Whether an upgrade is to be made; else the refusal.</summary>
    /// <param name="request">What came.</param>
    /// <param name="address">From where; null when that is unknown.</param>
    /// <param name="admission">Who it is, when there is no refusal.</param>
    public HttpRefusal? CheckUpgrade(IRequestHead request, IPAddress? address, out Admission admission)
    {
        admission = default;
        return Guard(request)
            ?? UpgradeRequest.Check(request)
            ?? Authenticate(request, address, out admission)
            ?? (request.IsHttp11 ? CheckRoom(admission.Principal!) : HttpRefusal.NotUpgradable);
    }

    private HttpRefusal? Authenticate(IRequestHead request, IPAddress? address, out Admission admission)
    {
        admission = _options.Authentication?.Admit(request[HeaderNames.Authorization], address, time) ?? Admission.Of(Principal.Anyone(address));
        return admission.Refusal is { } refusal ? HttpRefusal.Unauthorized(refusal) : null;
    }

    private HttpRefusal? CheckRoom(Principal principal) => Acceptor.HasRoomFor(principal) ? null : HttpRefusal.NoRoom;
}
