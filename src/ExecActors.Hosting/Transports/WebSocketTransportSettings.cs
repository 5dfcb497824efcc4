namespace ExecActors.Hosting.Transports;

/// <summary>What a <see cref="WebSocketFrameTransport"/> is told about time.</summary>
/// <param name="PingInterval">From the upgrade to the first ping and from ping to ping; zero for none.</param>
/// <param name="CloseTimeout">How long the answer to a peer's close frame may take to be written.</param>
internal sealed record WebSocketTransportSettings(TimeSpan PingInterval, TimeSpan CloseTimeout)
{
    /// <summary>Those of a server.</summary>
    public static WebSocketTransportSettings Of(ExecServerConfiguration configuration) =>
        new(configuration.Settings.Connection.PingInterval, configuration.Settings.Connection.CloseTimeout);
}
