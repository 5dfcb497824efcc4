namespace ExecActors.Client.Transports;

/// <summary>Carries whole messages to a server and back.</summary>
/// <remarks>One receive and one send at a time; the two may overlap. Its holder disposes it, after both have returned.</remarks>
internal interface IClientTransport : IAsyncDisposable
{
    /// <summary>Whom it leads to, for error texts: a URL, or the command of a private server.</summary>
    string Peer { get; }

    /// <summary>Waits for the next message.</summary>
    /// <returns>The message in UTF-8; its memory is valid until the next call.</returns>
    /// <exception cref="IOException">Nothing more will come; the message says why.</exception>
    ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Sends a message, to which the transport may add its delimiter; the buffer stays the caller's.</summary>
    /// <exception cref="IOException">It cannot be sent, nor can any other; the message says why.</exception>
    ValueTask SendAsync(MessageBuffer message, CancellationToken cancellationToken);

    /// <summary>Says that no further message will be sent, which makes the server end its side: <see cref="ReceiveAsync"/> throws then.</summary>
    ValueTask EndSendingAsync(CancellationToken cancellationToken);
}
