using ExecActors.Hosting.Http;
using ExecActors.Runtime.Connections;

namespace ExecActors.Hosting.Listening;

/// <summary>What the first client would wait for: the code of an upgrade and of a handshake is loaded before it comes.</summary>
internal static class HandshakeWarmUp
{
    private static ReadOnlySpan<byte> Upgrade =>
        "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n"u8;

    /// <summary>Does so on the calling thread; nothing of it reaches an actor, a log or a counter.</summary>
    public static void Run()
    {
        if (RequestHead.Read(Upgrade, out var request, out _) > 0 && UpgradeRequest.Check(request!) is null)
        {
            _ = UpgradeRequest.AcceptValue(request!);
        }

        ConnectionWarmUp.Run();
    }
}
