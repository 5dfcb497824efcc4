using ExecActors.Hosting.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ExecActors.Hosting;

/// <summary>Adds the exec-server to a host.</summary>
public static class ExecActorsServiceCollectionExtensions
{
    /// <summary>Registers the exec-server. Then map it: <see cref="ExecServerEndpointRouteBuilderExtensions.MapExecServer"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the options; null for the defaults.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <remarks>
    /// A value out of range is reported when the host starts (<see cref="Microsoft.Extensions.Options.OptionsValidationException"/>).
    /// File methods with a sandbox are carried out by the host's own program, started anew inside it: begin <c>Main</c> with
    /// <c>if (FsHelper.TryRun(args, out var code)) return code;</c> (<see cref="Runtime.FileSystem.FsHelper"/>), or set
    /// <c>execactors.sandbox.helper-command</c>. Without either they are refused.
    /// </remarks>
    public static IServiceCollection AddExecActors(this IServiceCollection services, Action<ExecServerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLogging();
        return services.AddExecActors(configure, ActorComposition.AddHostedSystem);
    }

    /// <summary>The same without logging, and with an actor system that the caller makes.</summary>
    internal static IServiceCollection AddExecActors(this IServiceCollection services, Action<ExecServerOptions>? configure, Action<IServiceCollection> addSystem)
    {
        services.AddOptions<ExecServerOptions>()
            .Configure(options => configure?.Invoke(options))
            .Validate(options => options.ConcurrentRequests is null or >= 1, "ConcurrentRequests must be at least 1; null sets no cap.")
            .Validate(options => options.AllowedHosts.All(HostRule.IsHostName), "AllowedHosts takes host names without scheme, port or path.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ExecServerConfiguration>();
        services.TryAddSingleton<SiteRules>();
        services.TryAddSingleton<ExecServerSite>();
        ActorComposition.AddTo(services, addSystem);
        return services;
    }
}
