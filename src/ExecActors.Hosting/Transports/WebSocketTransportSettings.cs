namespace ExecActors.Hosting.Transports;

/// <summary>What a <see cref="WebSocketFrameTransport"/> is told about bounds.</summary>
/// <param name="MessageBytes">Longest message, all fragments together.</param>
/// <param name="PingInterval">From the upgrade to the first ping and from ping to ping; zero for none.</param>
/// <param name="CloseTimeout">How long the answer to a peer's close frame may take to be written.</param>
internal sealed record WebSocketTransportSettings(int MessageBytes, TimeSpan PingInterval, TimeSpan CloseTimeout)
{
    /// <summary>Those of a server.</summary>
    public static WebSocketTransportSettings Of(ExecServerConfiguration configuration) =>
        new(configuration.Settings.Limits.MessageBytes, configuration.Settings.Connection.PingInterval, configuration.Settings.Connection.CloseTimeout);
}
