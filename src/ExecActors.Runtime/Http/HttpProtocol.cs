using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Http;

/// <summary>What an <see cref="HttpActor"/> accepts, and what its exchanges tell the session beside answers.</summary>
internal static class HttpProtocol
{
    /// <summary>http/request. Answered out of turn, when there is a response or a refusal.</summary>
    /// <param name="Ref">Names the request.</param>
    /// <param name="Params">The request.</param>
    /// <param name="Body">Its body, owned by the receiver; null when it has none.</param>
    public sealed record Request(RequestRef Ref, HttpRequestParams Params, PayloadBytes? Body) : INoSerializationVerificationNeeded;

    /// <summary>http/cancel. Answered once the requests it names have had their answer or last notification.</summary>
    public sealed record Cancel(RequestRef Ref, HttpCancelParams Params) : INoSerializationVerificationNeeded;

    /// <summary>To the session: a piece of a streamed body, to be sent in turn with what others tell.</summary>
    /// <param name="Epoch">The attachment it is meant for.</param>
    /// <param name="Frame">The finished notification.</param>
    /// <param name="Bytes">What it counts against the session's credit.</param>
    public sealed record Delta(long Epoch, ByteLease Frame, int Bytes) : ServiceProtocol.Notification(Epoch, Frame, Bytes);
}
