using ExecActors.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ExecActors.Hosting;

/// <summary>Puts the exec-server behind a path of an ASP.NET Core host.</summary>
public static class ExecServerEndpointRouteBuilderExtensions
{
    /// <summary>Maps the WebSocket endpoint and, unless told otherwise, <c>/readyz</c>.</summary>
    /// <param name="endpoints">The host's endpoints.</param>
    /// <param name="pattern">The path of the upgrade.</param>
    /// <param name="mapReadiness">False when the host answers <c>/readyz</c> itself.</param>
    /// <returns>To add conventions to the WebSocket endpoint.</returns>
    /// <remarks>
    /// The Origin and Host rules and the authentication of <see cref="ExecServerOptions"/> hold on these endpoints whatever the host does
    /// elsewhere. The web server must offer HTTP/1.1 upgrades; <c>UseWebSockets()</c> is not needed.
    /// </remarks>
    /// <exception cref="InvalidOperationException"><c>AddExecActors()</c> was not called.</exception>
    public static IEndpointConventionBuilder MapExecServer(
        this IEndpointRouteBuilder endpoints, string pattern = "/", bool mapReadiness = true)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var site = endpoints.ServiceProvider.GetService<ExecServerSite>()
            ?? throw new InvalidOperationException("MapExecServer() needs AddExecActors() on the host's services first.");
        if (mapReadiness)
        {
            endpoints.Map("/readyz", site.AnswerReadinessAsync).WithDisplayName("exec-server readiness");
        }

        return endpoints.Map(pattern, site.AnswerUpgradeAsync).WithDisplayName("exec-server");
    }
}
