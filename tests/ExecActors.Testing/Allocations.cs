namespace ExecActors.Testing;

/// <summary>Counts what an operation leaves to the garbage collector. Counts bytes, not time: the answer is the same on a busy machine.</summary>
public static class Allocations
{
    private const int WarmUps = 200;
    private const int Operations = 200;
    private const int Rounds = 5;

    /// <summary>Bytes that one operation allocates on the calling thread, once tables are filled and code is compiled.</summary>
    /// <param name="operation">Works on the calling thread alone.</param>
    /// <returns>
    /// The least of some rounds: the runtime may empty pools in the middle of one, which is not the operation's doing. Rounded up.
    /// </returns>
    public static long Of(Action operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Repeat(operation, WarmUps);
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Repeat(operation, Operations);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return (least + Operations - 1) / Operations;
    }

    private static void Repeat(Action operation, int times)
    {
        for (var i = 0; i < times; i++)
        {
            operation();
        }
    }
}
