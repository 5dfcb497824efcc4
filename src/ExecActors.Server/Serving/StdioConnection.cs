using ExecActors.Hosting;
using ExecActors.Hosting.Transports;
using ExecActors.Runtime.Connections;

namespace ExecActors.Server.Serving;

/// <summary>The one connection of a server on standard input and output; the host ends with it.</summary>
internal sealed class StdioConnection(
    ProgramIo io,
    IConnectionAcceptor acceptor,
    ExecServerConfiguration configuration,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<StdioConnection> log) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var transport = new StdioFrameTransport(io.OpenInput(), io.OpenOutput(), configuration.Settings.Connection.CloseTimeout, time);
            await using (transport)
            {
                ServerLog.ServingStdio(log);
                var end = await acceptor.ServeAsync(transport);
                ServerLog.StdioEnded(log, end.Reason);
                if (transport.InputFailure is { } failure)
                {
                    throw failure; // an end that nobody meant: the exit code says so
                }
            }
        }
        catch (Exception e)
        {
            ServerLog.StdioFailed(log, e);
            throw;
        }
        finally
        {
            lifetime.StopOnceStarted();
        }
    }
}
