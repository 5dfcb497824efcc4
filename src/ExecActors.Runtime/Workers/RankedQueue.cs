using Akka.Dispatch;

namespace ExecActors.Runtime.Workers;

/// <summary>A queue for each rank, the lowest first. Work without a rank has the lowest. Not safe by itself.</summary>
internal sealed class RankedQueue
{
    private const int Ranks = 8;

    private readonly Queue<IRunnable>[] _queues = [.. Enumerable.Range(0, Ranks).Select(_ => new Queue<IRunnable>())];
    private int _count;

    /// <summary>How much there is; may be read from any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds behind what has the same rank.</summary>
    public void Enqueue(IRunnable run)
    {
        var rank = run is IRanked ranked ? Math.Clamp(ranked.Rank, 0, Ranks - 1) : 0;
        _queues[rank].Enqueue(run);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Takes the first of the lowest rank; null when there is nothing.</summary>
    public IRunnable? Dequeue()
    {
        if (_count == 0)
        {
            return null;
        }

        Volatile.Write(ref _count, _count - 1);
        var rank = 0;
        while (_queues[rank].Count == 0)
        {
            rank++;
        }

        return _queues[rank].Dequeue();
    }
}
