using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace ExecActors.Hosting.Http;

/// <summary>What every request has to pass before anything else is looked at: no browser behind it, and no name we do not know.</summary>
internal sealed class RequestGuard(IOptions<ExecServerOptions> options)
{
    private readonly HostRule _hosts = new(options.Value.AllowedHosts);

    /// <summary>The refusal to answer with; null when the request may go on.</summary>
    public HttpRefusal? Check(HttpRequest request)
    {
        // Presence decides, not the value: browsers send the header, exec-server clients do not.
        if (request.Headers.ContainsKey(HeaderNames.Origin))
        {
            return HttpRefusal.Origin;
        }

        return _hosts.Allows(request.Host) ? null : HttpRefusal.Host;
    }
}
