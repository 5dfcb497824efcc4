using System.Runtime.CompilerServices;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Sessions;

namespace ExecActors.Runtime.Connections;

/// <summary>Goes the way of a handshake as far as it leads without a connection: decodes its messages, writes an answer, joins and fuses the stages.</summary>
/// <remarks>
/// What is used for the first time has to be loaded and in part compiled, which the first client would wait for. While the actor system is being made there is a
/// processor to spare. Nothing of it reaches an actor, a log or a counter.
/// </remarks>
internal static class ConnectionWarmUp
{
    private static ReadOnlySpan<byte> Initialize => """{"id":1,"method":"initialize","params":{"clientName":""}}"""u8;

    private static ReadOnlySpan<byte> Initialized => """{"method":"initialized"}"""u8;

    /// <summary>Does so on the calling thread.</summary>
    public static void Run()
    {
        var decoder = new FrameDecoder("");
        decoder.Decode(ByteLease.CopyOf(Initialize));
        decoder.Decode(ByteLease.CopyOf(Initialized));
        using (var answer = new FrameBuffer(256))
        {
            WireWriter.InitializeResult(answer, RequestId.FromNumber(1), SessionIdFactory.ForSingleNode().Next().Value, "{}"u8);
        }

        RuntimeHelpers.RunClassConstructor(typeof(ConnectionGraph).TypeHandle);
    }
}
