using Akka.Actor;

using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Sessions;

/// <summary>What a session has for the time of one connection.</summary>
internal sealed class Attachment(long epoch, ConnectionLink link, int creditBytes) : IDisposable
{
    /// <summary>Tells this attachment from those before and after it.</summary>
    public long Epoch => epoch;

    /// <summary>Frames to the client.</summary>
    public Outbox Outbox => link.Outbox;

    /// <summary>Where its requests are counted.</summary>
    public RequestWindow Window => link.Window;

    /// <summary>Answers in order.</summary>
    public AnswerQueue Answers { get; } = new(link.Outbox, link.Window);

    /// <summary>Notifications in turn.</summary>
    public FairOutput Output { get; } = new(link.Outbox, epoch, creditBytes);

    /// <summary>Makes its HTTP requests; null before the first.</summary>
    public IActorRef? Http { get; set; }

    /// <summary>Has its watches; null before the first.</summary>
    public IActorRef? Watches { get; set; }

    /// <summary>The actors that live as long as the connection.</summary>
    public IEnumerable<IActorRef> Children => new[] { Http, Watches }.OfType<IActorRef>();

    /// <summary>Requests that take a concurrent place now.</summary>
    public int Active { get; set; }

    /// <summary>Set while requests are being run: those that wait for a place stay <see cref="Queued"/> until it is done.</summary>
    public bool HoldsQueued { get; set; }

    /// <summary>Requests that wait for a concurrent place.</summary>
    public Queue<DeferredRequest> Queued { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        Output.Dispose();
        while (Queued.TryDequeue(out var request))
        {
            request.Message.Payload?.Dispose();
        }
    }
}
