using Akka.Actor;

namespace ExecActors.Runtime.Connections;

/// <summary>The listeners' side of the <see cref="ConnectionSupervisor"/>.</summary>
internal sealed class ConnectionGateway(IActorRef supervisor, AdmissionCounter places) : IConnectionAcceptor
{
    /// <inheritdoc/>
    public bool HasRoom => places.HasRoom;

    /// <inheritdoc/>
    public async Task<ConnectionEnd> ServeAsync(IFrameTransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        if (!places.TryTake())
        {
            await transport.DisposeAsync();
            return new ConnectionEnd("refused: limit reached: limits.connections");
        }

        var ended = new TaskCompletionSource<ConnectionEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        supervisor.Tell(new ConnectionProtocol.Accept(transport, ended), ActorRefs.NoSender);
        try
        {
            return await ended.Task;
        }
        finally
        {
            await transport.DisposeAsync(); // the connection has done it, unless it failed
        }
    }
}
