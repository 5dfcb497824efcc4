using Akka.Actor;

using Microsoft.Extensions.Logging;

namespace ExecActors.Runtime;

/// <summary>A router whose own failure must not end its children: a message that fails is logged and dropped, and the state stays.</summary>
/// <remarks>
/// What <see cref="Directive.Resume"/> would do, without asking the embedder's user guardian for another strategy than its default, whose
/// restart would stop every session.
/// </remarks>
internal abstract partial class ResumingActor(ILogger log) : ActorBase
{
    /// <summary>For the log.</summary>
    protected ILogger Log => log;

    /// <inheritdoc/>
    protected override bool AroundReceive(Receive receive, object message)
    {
        try
        {
            return base.AroundReceive(receive, message);
        }
        catch (Exception e) when (e is not ActorKilledException)
        {
            MessageFailed(log, e, Self.Path.Name, message.GetType().Name);
            return true;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Actor} failed on {MessageType} and goes on without it")]
    private static partial void MessageFailed(ILogger log, Exception error, string actor, string messageType);
}
