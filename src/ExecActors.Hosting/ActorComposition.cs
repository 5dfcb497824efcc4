using Akka.Hosting;

using ExecActors.Platform;
using ExecActors.Runtime.Connections;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace ExecActors.Hosting;

/// <summary>Where the actor system, its process host and its <see cref="IConnectionAcceptor"/> enter the container.</summary>
internal static partial class ActorComposition
{
    /// <summary>Registers what serves the connections that the listeners accept; an acceptor or process host that is already there is kept.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="addSystem">Adds what makes the actor system and calls <see cref="ExecActorSystem.Start"/>; not called when there is an acceptor.</param>
    public static void AddTo(IServiceCollection services, Action<IServiceCollection> addSystem)
    {
        if (services.Any(service => service.ServiceType == typeof(IConnectionAcceptor)))
        {
            return;
        }

        services.TryAddSingleton(provider => new Bubblewrap(provider.GetRequiredService<ExecServerConfiguration>().Settings.Sandbox.ToOptions()));
        services.TryAddSingleton(provider =>
        {
            var log = provider.GetRequiredService<ILoggerFactory>().CreateLogger("ExecActors.Processes");
            return new LinuxProcessHost(
                (pid, error) => ObserverFailed(log, error, pid),
                provider.GetRequiredService<Bubblewrap>(),
                provider.GetRequiredService<ExecServerConfiguration>().Lifetime,
                what => Uncontained(log, what));
        });
        services.TryAddSingleton<IProcessHost>(provider => provider.GetRequiredService<LinuxProcessHost>());
        services.TryAddSingleton<IFileWatcher>(provider => new LinuxFileWatcher(
            provider.GetRequiredService<LinuxProcessHost>(), provider.GetRequiredService<ExecServerConfiguration>().Settings.Limits.InotifyDescriptors));
        services.TryAddSingleton(provider => OutputDirectory.Open(
            provider.GetRequiredService<ExecServerConfiguration>().Settings.Output, provider.GetRequiredService<ILoggerFactory>().CreateLogger("ExecActors.Processes")));
        services.AddSingleton<ExecActorSystem>();
        services.AddSingleton<IConnectionAcceptor>(provider => provider.GetRequiredService<ExecActorSystem>());
        addSystem(services);
    }

    /// <summary>An actor system that Akka.Hosting makes, starts and stops with the host.</summary>
    public static void AddHostedSystem(IServiceCollection services) => services.AddAkka("execactors", (akka, provider) => akka
        .ConfigureLoggers(loggers =>
        {
            loggers.ClearLoggers(); // the default one writes to standard output, which belongs to the protocol
            loggers.AddLoggerFactory(provider.GetRequiredService<ILoggerFactory>());
        })
        .AddHocon(provider.GetRequiredService<ExecServerConfiguration>().Config, HoconAddMode.Prepend)
        .WithActors((system, _) => provider.GetRequiredService<ExecActorSystem>().Start(system, ServerFacts.Read())));

    [LoggerMessage(Level = LogLevel.Error, Message = "process {Pid} was released: its observer failed")]
    private static partial void ObserverFailed(ILogger log, Exception error, int pid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What}")]
    private static partial void Uncontained(ILogger log, string what);
}
