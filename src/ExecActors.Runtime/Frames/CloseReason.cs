namespace ExecActors.Runtime.Frames;

/// <summary>Why this side closes a connection.</summary>
/// <param name="Code">A WebSocket close code (RFC 6455 section 7.4).</param>
/// <param name="Text">Said to the peer, at most 123 bytes of UTF-8.</param>
public readonly record struct CloseReason(int Code, string Text)
{
    /// <summary>Nothing more to say (1000).</summary>
    public static CloseReason Normal { get; } = new(1000, "");

    /// <summary>The server is shutting down (1001).</summary>
    public static CloseReason ServerShutdown { get; } = new(1001, "the server is shutting down");

    /// <summary>Another connection took the session over (1008).</summary>
    public static CloseReason TakenOver { get; } = new(1008, "session has been resumed by another connection");

    /// <summary>The session behind the connection failed (1011); a new connection may start another.</summary>
    public static CloseReason SessionFailed { get; } = new(1011, "the session failed; its processes were ended");

    /// <summary>What the peer was let in with has ended (1008). Its session waits for it.</summary>
    public static CloseReason TokenExpired { get; } = new(1008, "token expired: connect with a fresh one and resume the session");

    /// <summary>The peer had not shaken hands when others came (1013); it may try again.</summary>
    public static CloseReason NoRoomForStrangers { get; } = new(1013, "too many connections without initialize and initialized (limits.handshakes)");

    /// <summary>A message of the peer breaks the protocol's rules (1008).</summary>
    public static CloseReason Violation(string text) => new(1008, text);

    /// <summary>A long message did not come while others waited for the memory that it holds (1008).</summary>
    public static CloseReason TooSlow { get; } = new(1008, "a long message did not come in time, and others wait (memory.message-patience)");

    /// <summary>A message is longer than the server takes (1009).</summary>
    public static CloseReason TooBig(int limit, string key = "limits.message-bytes") => new(1009, $"message is longer than {limit} bytes ({key})");
}
