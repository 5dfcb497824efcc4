namespace ExecActors.Runtime;

/// <summary>Bytes of one kind that may be had at once; taken and given back from any thread.</summary>
/// <param name="limit">How many there are.</param>
/// <param name="whole">The budget that this one is a share of, from which all is taken as well; null for none.</param>
internal sealed class ByteBudget(long limit, ByteBudget? whole = null)
{
    private long _taken;

    /// <summary>How many are taken.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Takes so many; false, and none are taken, when there are not as many.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= limit && (whole is null || whole.TryTake(bytes)))
        {
            return true;
        }

        Interlocked.Add(ref _taken, -bytes);
        return false;
    }

    /// <summary>Gives so many back.</summary>
    public void GiveBack(long bytes)
    {
        Interlocked.Add(ref _taken, -bytes);
        whole?.GiveBack(bytes);
    }
}
