using System.Net;
using System.Net.Sockets;
using ExecActors.Hosting;
using ExecActors.Hosting.Authentication;
using ExecActors.Platform;
using ExecActors.Server.Commands;

namespace ExecActors.Server.Serving;

/// <summary>One run of the server: checks what it was told, listens, and ends with the host.</summary>
internal static class ServerProgram
{
    /// <summary>Half of it is for the collector; the rest is the program, stacks, and room to work.</summary>
    private const long NeededSpace = 768L << 20;

    /// <summary>Runs until a signal, the end of standard input where that counts, or <see cref="ProgramIo.Stop"/>.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="ExecServerSettingsException">The server cannot start like this.</exception>
    public static Task<int> RunAsync(ServeOptions options, ProgramIo io)
    {
        if (AddressSpace.Limit is { } space && space < NeededSpace)
        {
            throw new ExecServerSettingsException(
                $"the address space is limited to {space >> 20} MiB (ulimit -v), and the server needs {NeededSpace >> 20} MiB, most of which it reserves only",
                "Raise the limit, or bound memory itself instead: with a cgroup (systemd: MemoryMax).");
        }

        OpenFiles.Raise(); // before anything reads how many there may be

        // In the order of the reference server: authentication, address, both together.
        var authentication = options.Authentication.Load();
        var config = ConfigFile.Load(options.ConfigFile);
        var address = ListenAddress.Parse(options.Listen);
        if (address.EndPoint is not { } endPoint)
        {
            return authentication is null
                ? RunHostAsync(StdioHost.Build(options, config, io), io)
                : throw new ExecServerSettingsException(
                    "WebSocket auth requires a WebSocket listener, not stdio",
                    "Leave the --ws-* flags out: over stdio only the program that started the server can talk to it.");
        }

        var open = authentication is null && !address.IsLoopback;
        if (open && !options.InsecureListen)
        {
            throw new ExecServerSettingsException(
                $"refusing to listen on {endPoint.Address} without authentication: whoever reaches it could run processes here",
                "Set up --ws-auth, listen on 127.0.0.1, or say --insecure-listen if something else protects the port.");
        }

        return RunWebSocketAsync(endPoint, options, config, authentication, open, io);
    }

    private static async Task<int> RunWebSocketAsync(
        IPEndPoint endPoint, ServeOptions options, ConfigFile config, WebSocketAuthentication? authentication, bool open, ProgramIo io)
    {
        using var socket = ListenSocket.Bind(endPoint, config.Settings.Connection);
        var host = WebSocketHost.Build(socket, options, config, authentication, io);
        try
        {
            return await RunHostAsync(host, io, log => AnnounceAsync($"ws://{socket.LocalEndPoint}", open, authentication?.FileWarning, io, log));
        }
        catch (SocketException e)
        {
            throw ListenSocket.Refused(e, endPoint); // bound to the same port as somebody else, who was first to listen
        }
    }

    private static async Task AnnounceAsync(string url, bool open, string? fileWarning, ProgramIo io, ILogger log)
    {
        if (fileWarning is not null)
        {
            ServerLog.SecretIsOpen(log, fileWarning);
        }

        if (open)
        {
            ServerLog.Open(log, url);
        }

        ServerLog.Listening(log, url);
        await io.Output.WriteAsync(url + "\n");
        await io.Output.FlushAsync();
    }

    private static async Task<int> RunHostAsync(IHost host, ProgramIo io, Func<ILogger, Task>? started = null)
    {
        await using var disposal = (IAsyncDisposable)host;
        var log = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ServerProgram).FullName!);
        if (WorkingDirectory.Find() is { IsGone: true } standIn)
        {
            ServerLog.DirectoryIsGone(log, NativeText.Show(standIn.Path));
        }

        await host.StartAsync(io.Stop);
        if (SandboxSupport.RootNotice is { } notice)
        {
            // Over stdio the one client is the program that started the server, as the same user: it gains nothing from a warning among its own output.
            ServerLog.RunsAsRoot(log, started is null ? LogLevel.Information : LogLevel.Warning, notice);
        }

        if (started is not null)
        {
            await started(log);
        }

        try
        {
            await host.WaitForShutdownAsync(io.Stop);
        }
        catch (Exception e) when (e is OperationCanceledException or AggregateException)
        {
            ServerLog.EndedUncleanly(log, e);
        }

        ServerLog.Ended(log);
        return HasFailedService(host) ? ProgramCommand.Failed : ProgramCommand.Success;
    }

    // A bug in a service stops the host, which says so in the log.
    private static bool HasFailedService(IHost host) =>
        host.Services.GetServices<IHostedService>().OfType<BackgroundService>().Any(service => service.ExecuteTask is { IsFaulted: true });
}
