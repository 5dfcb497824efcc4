namespace ExecActors.Runtime;

/// <summary>Counts what a server may have at once of one kind; taken and given back from any thread.</summary>
internal sealed class AdmissionCounter(int limit)
{
    private int _taken;

    /// <summary>How many are taken.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Whether one more would be admitted now.</summary>
    public bool HasRoom => Taken < limit;

    /// <summary>Takes one; false when the limit is reached.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref _taken);
        return false;
    }

    /// <summary>Gives one back.</summary>
    public void GiveBack() => Interlocked.Decrement(ref _taken);
}
