using Akka.Actor;

namespace ExecActors.Runtime.Connections;

/// <summary>The listeners' side of the <see cref="ConnectionSupervisor"/>.</summary>
internal sealed class ConnectionGateway(IActorRef supervisor, SharedPlaces places) : IConnectionAcceptor
{
    /// <inheritdoc/>
    public bool HasRoom => places.HasRoom;

    /// <inheritdoc/>
    public bool HasRoomFor(Principal principal) => places.HasRoomFor(principal);

    /// <inheritdoc/>
    public async Task<ConnectionEnd> ServeAsync(IFrameTransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        if (places.TryTake(transport.Principal) is { } limit)
        {
            await transport.DisposeAsync();
            return new ConnectionEnd($"refused: limit reached: {limit}");
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
