namespace ExecActors.Testing;

/// <summary>How long tests wait for what must come. Generous: they only bound a failure, and no test passes because one elapsed.</summary>
public static class TestTimeouts
{
    /// <summary>For anything that takes milliseconds when it works, on a machine that is busy with everything else too.</summary>
    public static TimeSpan Default { get; } = TimeSpan.FromSeconds(30);

    /// <summary>For tests that move many megabytes or start hundreds of processes.</summary>
    public static TimeSpan Bulk { get; } = TimeSpan.FromSeconds(120);

    /// <summary>The task, or a <see cref="TimeoutException"/> after <see cref="Default"/>.</summary>
    public static Task<T> SoonAsync<T>(this Task<T> task) => task.WaitAsync(Default);

    /// <summary>The task, or a <see cref="TimeoutException"/> after <see cref="Default"/>.</summary>
    public static Task SoonAsync(this Task task) => task.WaitAsync(Default);
}
