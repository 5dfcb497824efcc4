namespace ExecActors.Platform;

/// <summary>Processes that end together: those of one session.</summary>
public interface IProcessFamily
{
    /// <summary>
    /// Ends everything that descends from a process of this family, where the host finds it: also what outlived its process and was forgotten. Returns at once. Start no
    /// process in it any more; a second call does nothing.
    /// </summary>
    void EndAll();
}

/// <summary>A family by its number in the marks of its processes.</summary>
internal sealed class ProcessFamily(Containment? containment, ProcessMark host, int number) : IProcessFamily
{
    private int _lastProcess;
    private int _ended;

    /// <summary>The mark of a further process.</summary>
    public ProcessMark NextMark() => host.Of(number, Containment.NextProcess(ref _lastProcess));

    /// <inheritdoc/>
    public void EndAll()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            containment?.End(number, hasProcesses: Volatile.Read(ref _lastProcess) != 0);
        }
    }
}
