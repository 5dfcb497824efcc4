using Akka.Actor;

using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Sessions;

/// <summary>Shares one connection's credit among the processes of a session: each in turn, so that a loud one cannot starve the rest.</summary>
/// <remarks>
/// Plain state of a SessionActor. A process has at most its turn (<c>process.turn-bytes</c>) here; the rest stays in its own log.
/// While nobody waits for credit, processes that have a lane take of it themselves.
/// </remarks>
internal sealed class FairOutput(Outbox outbox, long epoch, int creditBytes) : IDisposable
{
    private readonly Dictionary<IActorRef, Queue<ServiceProtocol.Notification>> _queues = [];
    private readonly Queue<IActorRef> _ready = new();
    private readonly OutputGate _gate = new(outbox, creditBytes);

    /// <summary>Bytes that may still be handed to the connection.</summary>
    public long Credit => _gate.Credit;

    /// <summary>Bytes that wait here.</summary>
    public long WaitingBytes { get; private set; }

    /// <summary>Processes that have something here.</summary>
    public int Waiting => _queues.Count;

    /// <summary>A way of its own for a process.</summary>
    public OutputLane OpenLane() => new(_gate);

    /// <summary>One notification of a process.</summary>
    public void Add(IActorRef source, ServiceProtocol.Notification output)
    {
        if (Credit > 0 && _ready.Count == 0)
        {
            Admit(source, output);
            return;
        }

        if (!_queues.TryGetValue(source, out var queue))
        {
            _queues[source] = queue = new Queue<ServiceProtocol.Notification>();
            _ready.Enqueue(source);
        }

        queue.Enqueue(output);
        WaitingBytes += output.Bytes;
        _gate.IsShut = true;
    }

    /// <summary>The connection took that many bytes.</summary>
    public void Return(int bytes)
    {
        _gate.Return(bytes);
        while (Credit > 0 && _ready.TryDequeue(out var source))
        {
            var queue = _queues[source];
            var output = queue.Dequeue();
            WaitingBytes -= output.Bytes;
            Admit(source, output);
            if (queue.Count > 0)
            {
                _ready.Enqueue(source);
            }
            else
            {
                _queues.Remove(source); // it may be gone by now, and nobody else would forget its queue
            }
        }

        _gate.IsShut = _ready.Count > 0;
    }

    /// <summary>The attachment ended: what waits here stays in the logs of its processes.</summary>
    public void Dispose()
    {
        _gate.IsShut = true;
        foreach (var output in _queues.Values.SelectMany(queue => queue))
        {
            output.Frame.Dispose();
        }

        _queues.Clear();
        _ready.Clear();
        WaitingBytes = 0;
    }

    private void Admit(IActorRef source, ServiceProtocol.Notification output)
    {
        _gate.Pass(output.Frame, output.Bytes);
        source.Tell(new ServiceProtocol.Admitted(epoch, output.Bytes));
        output.Consequence?.Actor.Tell(output.Consequence.Message);
    }
}
