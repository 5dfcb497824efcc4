namespace ExecActors.Runtime;

/// <summary>Bytes of one kind that may be had at once; taken and given back from any thread.</summary>
/// <param name="limit">How many there are.</param>
/// <param name="whole">The budget that this one is a share of, from which all is taken as well; null for none.</param>
/// <param name="onGivenBack">Called after some were given back, on any thread.</param>
internal sealed class ByteBudget(long limit, ByteBudget? whole = null, Action? onGivenBack = null)
{
    private long _taken;

    /// <summary>How many are taken.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Whether so many are left here; the whole may have fewer.</summary>
    public bool Has(long bytes) => Taken + bytes <= limit;

    /// <summary>Takes so many; false, and none are taken, when there are not as many.</summary>
    public bool TryTake(long bytes)
    {
        // Looked at before it is added: what asks for too much takes the room of nobody who asks for less, not even for a moment.
        var taken = Taken;
        while (true)
        {
            if (taken + bytes > limit)
            {
                return false;
            }

            var seen = Interlocked.CompareExchange(ref _taken, taken + bytes, taken);
            if (seen == taken)
            {
                break;
            }

            taken = seen;
        }

        if (whole is null || whole.TryTake(bytes))
        {
            return true;
        }

        Interlocked.Add(ref _taken, -bytes);
        return false;
    }

    /// <summary>Takes so many, whether there are as many or not.</summary>
    public void Take(long bytes)
    {
        Interlocked.Add(ref _taken, bytes);
        whole?.Take(bytes);
    }

    /// <summary>Gives so many back.</summary>
    public void GiveBack(long bytes)
    {
        Interlocked.Add(ref _taken, -bytes);
        whole?.GiveBack(bytes);
        onGivenBack?.Invoke();
    }
}
