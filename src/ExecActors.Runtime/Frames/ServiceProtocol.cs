using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Protocol;

namespace ExecActors.Runtime.Frames;

/// <summary>Names one request: the attachment it came by, its place among that connection's answers, and the client's id for it.</summary>
/// <param name="Epoch">The session's attachment.</param>
/// <param name="Ticket">The place; see <c>AnswerQueue</c>.</param>
/// <param name="Id">Echoed in the answer.</param>
/// <param name="Window">Where the answer is counted; says whether a large one may be made.</param>
internal readonly record struct RequestRef(long Epoch, long Ticket, RequestId Id, RequestWindow Window);

/// <summary>What passes between a session and the children that serve its requests: processes, files, HTTP.</summary>
internal static class ServiceProtocol
{
    /// <summary>To the session: the finished answer to a request.</summary>
    public sealed record Answer : INoSerializationVerificationNeeded
    {
        private Answer(in RequestRef request, ByteLease frame)
        {
            Request = request;
            Frame = frame;
        }

        /// <summary>The request.</summary>
        public RequestRef Request { get; }

        /// <summary>The answer; the receiver's.</summary>
        public ByteLease Frame { get; }

        /// <summary>The answer to a request, counted from now on among those that the client has not taken (<see cref="RequestWindow.Expect"/>).</summary>
        public static Answer To(in RequestRef request, ByteLease frame)
        {
            request.Window.Expect(frame.Length);
            return new Answer(request, frame);
        }
    }

    /// <summary>To the session: the request waits; its answer comes later and out of turn.</summary>
    public sealed record Parked(RequestRef Request) : INoSerializationVerificationNeeded;

    /// <summary>From the session: the connection has taken answers, so that those which were put off (<see cref="RequestWindow.MustWait"/>) may be made.</summary>
    public sealed record AnswersTaken : INoSerializationVerificationNeeded
    {
        /// <summary>The one instance.</summary>
        public static AnswersTaken Instance { get; } = new();
    }

    /// <summary>To the session: one notification, to be sent in turn with those of the other children. Answered by <see cref="Admitted"/>.</summary>
    /// <param name="Epoch">The attachment it is meant for.</param>
    /// <param name="Frame">The finished notification.</param>
    /// <param name="Bytes">What it counts against the session's credit.</param>
    public abstract record Notification(long Epoch, ByteLease Frame, int Bytes) : INoSerializationVerificationNeeded
    {
        /// <summary>What is told to whom with the frame's admission, hence before anything that the client sends because of it; null for nothing.</summary>
        public Consequence? Consequence { get; init; }
    }

    /// <summary>A message to another actor than the one that made a notification.</summary>
    public sealed record Consequence(IActorRef Actor, object Message) : INoSerializationVerificationNeeded;

    /// <summary>From the session: it passed that many bytes on to the connection; as many may follow.</summary>
    public sealed record Admitted(long Epoch, int Bytes) : INoSerializationVerificationNeeded;
}
