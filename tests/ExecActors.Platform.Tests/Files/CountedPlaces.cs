namespace ExecActors.Platform.Tests.Files;

/// <summary>So many places for watches.</summary>
internal sealed class CountedPlaces(int limit) : IWatchPlaces
{
    private int _taken;

    /// <summary>More than any test needs.</summary>
    public static CountedPlaces Plenty => new(int.MaxValue);

    public int Taken => Volatile.Read(ref _taken);

    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref _taken);
        return false;
    }

    public void GiveBack(int count) => Interlocked.Add(ref _taken, -count);
}
