namespace ExecActors.Runtime.Connections;

/// <summary>Where a listener hands over what it accepted.</summary>
public interface IConnectionAcceptor
{
    /// <summary>Serves one connection to its end. The acceptor owns the transport from the call on.</summary>
    /// <returns>Completes when the connection has ended and the transport is disposed; never faults for what a peer did.</returns>
    Task<ConnectionEnd> ServeAsync(IFrameTransport transport);

    /// <summary>Whether a further connection would be served now.</summary>
    bool HasRoom { get; }

    /// <summary>Whether a further connection of somebody would be served now; a listener answers 503 when not.</summary>
    bool HasRoomFor(Principal principal) => HasRoom;
}

/// <summary>How a connection ended.</summary>
/// <param name="Reason">For the log.</param>
public sealed record ConnectionEnd(string Reason);
