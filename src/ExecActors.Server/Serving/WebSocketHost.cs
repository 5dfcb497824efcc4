using System.Net;
using System.Net.Sockets;
using System.Text;
using ExecActors.Hosting;
using ExecActors.Hosting.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace ExecActors.Server.Serving;

/// <summary>Kestrel with nothing on it but the exec-server.</summary>
internal static class WebSocketHost
{
    /// <summary>Builds the host; the socket is bound, and stays the caller's.</summary>
    public static IHost Build(Socket socket, ServeOptions options, ConfigFile config, WebSocketAuthentication? authentication, ProgramIo io)
    {
        // Empty: no settings files, no environment variables, no default log, no static files. It also starts in half the time.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, (IPEndPoint)socket.LocalEndPoint!));
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new SocketBuffers());
        builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = _ => socket);
        HostSetup.Apply(builder, options, config, authentication, io);
        if (options.ExitOnStdinClose)
        {
            builder.Services.AddHostedService(services =>
                new StdinWatch(io.OpenInput, services.GetRequiredService<IHostApplicationLifetime>(), services.GetRequiredService<ILogger<StdinWatch>>()));
        }

        var app = builder.Build();
        app.RunExecServer();
        return app;
    }

    private static void Configure(KestrelServerOptions kestrel, IPEndPoint endPoint)
    {
        kestrel.AddServerHeader = false;

        // Any byte may stand in a header; what it means there is decided by whoever reads that header. Kestrel would answer 400 to all but UTF-8.
        kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;

        // A slow peer is handled by flow control and found dead by the kernel; neither needs a minimum rate.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(endPoint, listen => listen.Protocols = HttpProtocols.Http1);
    }
}
