using System.Net.Sockets;
using ExecActors.Hosting;
using ExecActors.Hosting.Authentication;
using ExecActors.Hosting.Http;
using ExecActors.Hosting.Listening;

namespace ExecActors.Server.Serving;

/// <summary>A host with a listener of our own, and without a web server: a WebSocket needs one for no more than its upgrade.</summary>
internal static class WebSocketHost
{
    /// <summary>Builds the host; the socket is bound, and stays the caller's.</summary>
    public static IHost Build(Socket socket, ServeOptions options, ConfigFile config, WebSocketAuthentication? authentication, ProgramIo io)
    {
        // Empty: no settings files, no environment variables, no default log.
        var builder = Host.CreateEmptyApplicationBuilder(HostSetup.Settings);
        HostSetup.Apply(builder, options, config, authentication, io);
        builder.Services.AddHostedService(services => new SocketServer(
            socket,
            services.GetRequiredService<SiteRules>(),
            services.GetRequiredService<ExecServerConfiguration>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<SocketServer>>()));
        if (options.ExitOnStdinClose)
        {
            builder.Services.AddHostedService(services =>
                new StdinWatch(io.OpenInput, services.GetRequiredService<IHostApplicationLifetime>(), services.GetRequiredService<ILogger<StdinWatch>>()));
        }

        return builder.Build();
    }
}
