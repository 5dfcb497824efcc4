using ExecActors.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ExecActors.Hosting;

/// <summary>Makes the exec-server the whole site, as the <c>execactors</c> binary does.</summary>
public static class ExecServerApplicationBuilderExtensions
{
    /// <summary>Answers every request: <c>/</c>, <c>/readyz</c>, and 404 for the rest. Nothing added after it is reached.</summary>
    /// <exception cref="InvalidOperationException"><c>AddExecActors()</c> was not called.</exception>
    public static void RunExecServer(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var site = app.ApplicationServices.GetService<ExecServerSite>()
            ?? throw new InvalidOperationException("RunExecServer() needs AddExecActors() on the host's services first.");
        app.Run(site.AnswerAsync);
    }
}
