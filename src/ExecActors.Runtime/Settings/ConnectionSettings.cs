namespace ExecActors.Runtime.Settings;

/// <summary>One socket or pipe (<c>execactors.connection</c>).</summary>
public sealed record ConnectionSettings
{
    /// <summary>Time between WebSocket pings.</summary>
    public required TimeSpan PingInterval { get; init; }

    /// <summary>Time for initialize and initialized; zero for no bound.</summary>
    public required TimeSpan HandshakeTimeout { get; init; }

    /// <summary>Time from the connection to the upgrade.</summary>
    public required TimeSpan UpgradeTimeout { get; init; }

    /// <summary>Time a close waits for the peer.</summary>
    public required TimeSpan CloseTimeout { get; init; }

    /// <summary>The same when the server shuts down.</summary>
    public required TimeSpan DrainTimeout { get; init; }

    /// <summary>First receive buffer of a message, in bytes.</summary>
    public required int ReceiveBufferBytes { get; init; }

    /// <summary>Longest message before initialized, in bytes.</summary>
    public required int HandshakeMessageBytes { get; init; }

    /// <summary>TCP_KEEPIDLE.</summary>
    public required TimeSpan KeepAliveIdle { get; init; }

    /// <summary>TCP_KEEPINTVL.</summary>
    public required TimeSpan KeepAliveInterval { get; init; }

    /// <summary>TCP_KEEPCNT.</summary>
    public required int KeepAliveProbes { get; init; }

    /// <summary>How long sent bytes may stay without any acknowledgement.</summary>
    public required TimeSpan UserTimeout { get; init; }
}
