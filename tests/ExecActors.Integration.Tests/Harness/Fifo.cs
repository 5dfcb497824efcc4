namespace ExecActors.Integration.Tests.Harness;

/// <summary>A named pipe by which a test tells a script to go on: the script runs <see cref="Wait"/>, the test calls <see cref="ReleaseAsync()"/>.</summary>
/// <remarks>
/// This is how a test decides when a process does its next step, without any of the two guessing at times. Good for one step: a script
/// that opened the pipe again at once could meet the writer that has not yet left it.
/// </remarks>
public sealed class Fifo : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"execactors-{Guid.NewGuid():N}");
    private bool _isUsed;

    /// <summary>Makes it.</summary>
    public Fifo() => Posix.MakeFifo(_path);

    /// <summary>Shell words that block until the test goes on.</summary>
    public string Wait => $"read _ <{_path}";

    /// <summary>Lets the waiting script go on; waits for it to be there. Once.</summary>
    public Task ReleaseAsync() => ReleaseAsync(Patience.Limit);

    /// <summary>The same for a script that has much to do before it waits.</summary>
    public async Task ReleaseAsync(TimeSpan limit)
    {
        Assert.False(_isUsed, "a named pipe lets a script go on once; use another for the next step");
        _isUsed = true;
        var release = Task.Factory.StartNew(() => File.WriteAllText(_path, "\n"), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await release.WaitAsync(limit);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"not within {limit.TotalSeconds:0} s: a script to wait at the named pipe", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => File.Delete(_path);
}
