namespace ExecActors.Runtime;

/// <summary>What one piece of memory takes of a <see cref="ByteBudget"/>. It goes where the memory goes, with one owner, who disposes both.</summary>
/// <remarks>Memory may be lost on its way (a message to an actor that has ended): then the finalizer gives its bytes back.</remarks>
/// <param name="budget">Taken from.</param>
internal sealed class ByteShare(ByteBudget budget) : IDisposable
{
    private long _bytes;

#pragma warning disable MA0055 // memory that is lost with a message has no other end
    /// <summary>Gives back what the memory took that was lost.</summary>
    ~ByteShare() => GiveBack();
#pragma warning restore MA0055

    /// <summary>Takes so many more; false, and none are taken, when there are not as many.</summary>
    public bool TryGrow(long bytes)
    {
        if (!budget.TryTake(bytes))
        {
            return false;
        }

        Interlocked.Add(ref _bytes, bytes);
        return true;
    }

    /// <summary>Takes so many more, whether there are as many or not.</summary>
    public void Grow(long bytes)
    {
        budget.Take(bytes);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>Gives so many back.</summary>
    public void Shrink(long bytes)
    {
        Interlocked.Add(ref _bytes, -bytes);
        budget.GiveBack(bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        GiveBack();
        GC.SuppressFinalize(this);
    }

    private void GiveBack()
    {
        if (Interlocked.Exchange(ref _bytes, 0) is > 0 and var bytes)
        {
            budget.GiveBack(bytes);
        }
    }
}
