namespace ExecActors.Runtime.Http;

/// <summary>Bytes that may be held at once; taken and given back from any thread.</summary>
internal sealed class ByteBudget(long limit)
{
    private long _taken;

    /// <summary>How many are taken.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Takes some; false when they would be too many.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= limit)
        {
            return true;
        }

        GiveBack(bytes);
        return false;
    }

    /// <summary>Gives some back.</summary>
    public void GiveBack(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
