using ExecActors.Hosting;
using ExecActors.Hosting.Authentication;
using ExecActors.Server.Actors;
using ExecActors.Server.Logging;

namespace ExecActors.Server.Serving;

/// <summary>What the server over WebSocket and the one over stdio have in common.</summary>
internal static class HostSetup
{
    // The whole program has to be gone two seconds after a signal.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(1.5);

    /// <summary>Of a host that looks for no files of its own. By default it would look in the working directory, and fail where that is gone.</summary>
    public static HostApplicationBuilderSettings Settings => new() { ContentRootPath = AppContext.BaseDirectory };

    /// <summary>Adds logging, signals, the exec-server and the bound on shutting down.</summary>
    public static void Apply(IHostApplicationBuilder builder, ServeOptions options, ConfigFile config, WebSocketAuthentication? authentication, ProgramIo io)
    {
        builder.Logging.SetMinimumLevel(options.LogLevel);
        if (options.LogLevel > LogLevel.Trace)
        {
            // What the web server says about each connection is of interest to those who look for a fault in it.
            builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        }

        // Start-up errors are printed by the program, as the first line and with their remedy.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Services.AddSingleton<ILoggerProvider>(services =>
            new StderrLoggerProvider(io.Log, services.GetService<TimeProvider>() ?? TimeProvider.System));
        builder.Services.AddSingleton<IHostLifetime, SignalLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        io.Compose(builder.Services);
        builder.Services.AddExecActors(Configure, services =>
        {
            // A third of the CPU of a start, which needs nothing of the rest: beside it, on another processor.
            var making = ProgramActors.BeginAsync(config.Config);
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ProgramActors>(provider, making));
            if (io.OwnsPool)
            {
                services.AddHostedService(_ => new KeptThreads(config.Settings.Pool)); // before whatever listens, which is added after this
            }
        });

        void Configure(ExecServerOptions server)
        {
            server.Authentication = authentication;
            server.Hocon = config.Hocon;
            server.ContainsDescendants = true;
            server.GivesMemoryBack = true;
            server.HoconSource = config.Source;
            server.ConcurrentRequests = options.ConcurrentRequests;
            foreach (var name in options.AllowedHosts)
            {
                server.AllowedHosts.Add(name);
            }
        }
    }
}
