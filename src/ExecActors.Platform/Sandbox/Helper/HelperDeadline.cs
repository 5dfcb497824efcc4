namespace ExecActors.Platform;

/// <summary>A moment until which a call to a helper may take.</summary>
internal readonly struct HelperDeadline
{
    private readonly long _due;

    private HelperDeadline(TimeSpan patience)
    {
        Patience = patience;
        _due = Environment.TickCount64 + (long)patience.TotalMilliseconds;
    }

    /// <summary>No limit.</summary>
    public static HelperDeadline Never => default;

    /// <summary>What was given.</summary>
    public TimeSpan Patience { get; }

    /// <summary>Whether the time is over; never, without a limit.</summary>
    public bool IsOver => HasLimit && Environment.TickCount64 >= _due;

    /// <summary>What is left, for poll(2): -1 without a limit.</summary>
    public int RemainingMilliseconds => HasLimit ? (int)Math.Clamp(_due - Environment.TickCount64, 0, int.MaxValue) : -1;

    private bool HasLimit => _due != 0;

    /// <summary>From now on; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</summary>
    public static HelperDeadline After(TimeSpan patience) => patience == Timeout.InfiniteTimeSpan ? Never : new HelperDeadline(patience);
}
