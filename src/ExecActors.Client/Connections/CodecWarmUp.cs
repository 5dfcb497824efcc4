using System.Collections.Immutable;
using ExecActors.Client.Transports;
using ExecActors.Protocol;

namespace ExecActors.Client.Connections;

/// <summary>Uses each record of a short session once, so that their contracts are made while a private server starts and not after it.</summary>
/// <remarks>Making them takes some tens of milliseconds, which a client that runs one short command would wait for.</remarks>
internal static class CodecWarmUp
{
    private const int Bytes = 1024;

    /// <summary>Does so on the calling thread; costs nothing when it was done before.</summary>
    public static void Run()
    {
        using var buffer = new MessageBuffer(Bytes);
        var nothing = ImmutableDictionary<string, string>.Empty;
        var info = new EnvironmentInfo(new ShellInfo("", "")) { PrependPathDirs = [""], Capabilities = new(StringComparer.Ordinal) { [""] = false } };
        RoundTrip(buffer, new InitializeResponse("", info));
        RoundTrip(buffer, new ProcessStartResponse("", null));
        RoundTrip(buffer, new ProcessExitedNotification("", 1, 0, SandboxDenied: false));
        RoundTrip(buffer, new ProcessClosedNotification("", 1));
        WireJson.Write(buffer, new ProcessStartParams("", [""], "", nothing, Tty: false) { EnvPolicy = new EnvPolicy(EnvInherit.All, true, [], nothing, []) });
    }

    private static void RoundTrip<T>(MessageBuffer buffer, T record)
        where T : class
    {
        buffer.Clear();
        WireJson.Write(buffer, record);
        _ = WireJson.Read<T>(buffer.Written);
    }
}
