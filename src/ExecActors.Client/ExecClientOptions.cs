namespace ExecActors.Client;

/// <summary>How a client connects and how much it keeps in memory.</summary>
public sealed record ExecClientOptions
{
    /// <summary>What the client calls itself in <c>initialize</c>; the server shows it in its log.</summary>
    public string ClientName { get; init; } = "execactors-client";

    /// <summary>Sent as <c>Authorization: Bearer</c> when a WebSocket is opened; null for none. Without meaning for a private server.</summary>
    public string? BearerToken { get; init; }

    /// <summary>
    /// Output kept per process until <see cref="RemoteProcess.ReadOutputAsync"/> takes it. At this size the client stops reading its connection,
    /// so that the server and in the end the program itself have to wait; <see cref="ExecClient"/> says what that means for other calls.
    /// </summary>
    /// <value>Bytes, at least 1. Default 1 MiB.</value>
    public int OutputBufferBytes { get; init; } = 1024 * 1024;

    /// <summary>The longest message taken from the server; a longer one ends the connection.</summary>
    /// <value>Bytes, at least 1. Default 64 MiB.</value>
    public int MaxMessageBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// How long <see cref="ExecClient.DisposeAsync"/> waits for the server to take leave: for the close of a WebSocket, for the end of a private
    /// server. After it the connection is cut, and a private server is killed.
    /// </summary>
    /// <value>More than zero. Default 5 s.</value>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
