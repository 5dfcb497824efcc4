using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Http;

/// <summary>A request whose response comes in one piece, as its HttpActor knows it.</summary>
internal sealed class BufferedRequest(HttpOrder order)
{
    /// <summary>What is asked.</summary>
    public HttpOrder Order => order;

    /// <summary>Names the request.</summary>
    public RequestRef Ref => order.Ref;

    /// <summary>Gives it up and drops its HTTP connection. Never disposed: it has no timer, and a task may still look at it.</summary>
    public CancellationTokenSource Stop { get; } = new();

    /// <summary>Where it waits for its turn; null once it has begun.</summary>
    public LinkedListNode<BufferedRequest>? Waiting { get; set; }
}
