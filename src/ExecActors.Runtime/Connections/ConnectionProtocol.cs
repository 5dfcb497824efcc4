using Akka.Actor;

namespace ExecActors.Runtime.Connections;

/// <summary>What a <see cref="ConnectionActor"/> and its supervisor accept, besides the messages of the client.</summary>
internal static class ConnectionProtocol
{
    /// <summary>To the supervisor: serve this transport; <paramref name="Ended"/> is completed when it has ended and is disposed.</summary>
    public sealed record Accept(IFrameTransport Transport, TaskCompletionSource<ConnectionEnd> Ended) : INoSerializationVerificationNeeded;

    /// <summary>To the supervisor: close all connections with 1001 and take no more. Answered by <see cref="Drained"/> once none is left.</summary>
    public sealed record Drain : INoSerializationVerificationNeeded
    {
        /// <summary>The one instance.</summary>
        public static Drain Instance { get; } = new();
    }

    /// <summary>No connection is left.</summary>
    public sealed record Drained : INoSerializationVerificationNeeded
    {
        /// <summary>The one instance.</summary>
        public static Drained Instance { get; } = new();
    }

    /// <summary>To a connection: close with 1001.</summary>
    public sealed record Shutdown : INoSerializationVerificationNeeded
    {
        /// <summary>The one instance.</summary>
        public static Shutdown Instance { get; } = new();
    }

    /// <summary>From a connection, to the supervisor: it has shaken hands.</summary>
    public sealed record Known : INoSerializationVerificationNeeded
    {
        /// <summary>The one instance.</summary>
        public static Known Instance { get; } = new();
    }

    /// <summary>To a connection that has not shaken hands: another one needs its place.</summary>
    public sealed record MakeRoom : INoSerializationVerificationNeeded
    {
        /// <summary>The one instance.</summary>
        public static MakeRoom Instance { get; } = new();
    }

    /// <summary>From the graph: nothing more comes from the peer.</summary>
    /// <param name="Reason">Why, for the log.</param>
    /// <param name="SaidGoodbye">Whether the peer said that it is done.</param>
    /// <param name="IsEndOfInput">Whether it has only sent everything, and still takes answers.</param>
    public sealed record ReceiveEnded(string Reason, bool SaidGoodbye = false, bool IsEndOfInput = false) : INoSerializationVerificationNeeded;

    /// <summary>From the graph: nothing more goes to the peer.</summary>
    public sealed record SendEnded(string Reason) : INoSerializationVerificationNeeded;

    /// <summary>From the graph: it does not read, since there is no memory for a long message.</summary>
    /// <param name="Unfinished">The message, when a part of it has come; else null.</param>
    /// <param name="ReadOn">Has the graph read the message all the same. From any thread; does nothing once it reads.</param>
    public sealed record RoomAwaited(MessageRoom.Guest? Unfinished, Action ReadOn) : INoSerializationVerificationNeeded;

    /// <summary>From the graph: it reads on.</summary>
    public sealed record RoomFound : INoSerializationVerificationNeeded
    {
        /// <summary>The one instance.</summary>
        public static RoomFound Instance { get; } = new();
    }

    /// <summary>From the graph: every message before the hand-over was told; it waits for <see cref="DispatchStage.Switch.Resume"/>.</summary>
    public sealed record HandOverReached : INoSerializationVerificationNeeded
    {
        /// <summary>The one instance.</summary>
        public static HandOverReached Instance { get; } = new();
    }
}
