namespace ExecActors.Platform;

/// <summary>Lets one start at a time have the child's ends of its pipes open here.</summary>
/// <remarks>
/// A child just forked for another start would hold copies of those ends until its exec, and streams would seem open after their process has
/// exited. A start that hangs, on a file system that does not answer, must not stop all others: once nothing has moved for a
/// while they go on beside it, and an exit may then be told before the end of its streams.
/// </remarks>
internal sealed class SpawnGate(TimeSpan patience)
{
    private readonly Lock _lock = new();
    private long _passed;
    private volatile bool _isHung;

    /// <summary>Waits its turn.</summary>
    /// <returns>False when the one inside hangs; then <see cref="Exit"/> is not called.</returns>
    public bool TryEnter()
    {
        while (!_isHung)
        {
            var passed = Interlocked.Read(ref _passed);
            if (_lock.TryEnter(patience))
            {
                return true;
            }

            _isHung = passed == Interlocked.Read(ref _passed);
        }

        return _lock.TryEnter();
    }

    /// <summary>Lets the next one in. On the thread that entered.</summary>
    public void Exit()
    {
        Interlocked.Increment(ref _passed);
        _isHung = false;
        _lock.Exit();
    }
}
