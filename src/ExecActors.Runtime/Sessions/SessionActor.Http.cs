using Akka.Actor;

using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Http;

namespace ExecActors.Runtime.Sessions;

/// <content>The HTTP requests of the attached connection: one actor for them, made at the first and stopped at the detach.</content>
internal sealed partial class SessionActor
{
    private void TakeHttpRequest(Attachment attached, in RequestRef request, InboundMessage message)
    {
        attached.Http ??= Context.ActorOf(HttpActor.Props(_environment.Http, _nameWorkers, attached.Epoch), $"http-{attached.Epoch}");
        attached.Answers.Assign(request.Ticket, attached.Http);
        attached.Answers.Park(request.Ticket); // it takes as long as the other server takes
        attached.Http.Tell(message.Params switch
        {
            HttpRequestParams call => new HttpProtocol.Request(request, call, message.Payload),
            HttpCancelParams cancel => new HttpProtocol.Cancel(request, cancel),
            _ => throw new InvalidOperationException($"{message.MethodName} has params of another method"),
        });
    }
}
