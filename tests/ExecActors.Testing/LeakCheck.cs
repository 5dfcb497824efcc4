using Xunit;

namespace ExecActors.Testing;

/// <summary>
/// Sees to it that what ran between its making and its end left nothing behind: no descriptor of this process, no child, no zombie. As a class
/// fixture of xunit, or by hand with <see cref="AssertNothingLeftAsync"/>.
/// </summary>
/// <remarks>It looks at the whole process: test collections of an assembly that uses it must not run in parallel.</remarks>
public sealed class LeakCheck : IAsyncLifetime
{
    // What the runtime opens by itself, whenever it likes.
    private static readonly string[] _runtimeFiles = [".dll", ".so", ".pdb", ".json", "/dev/urandom", "doublemapper", "/fd"];

    private readonly IReadOnlyList<string> _before = Descriptors();
    private readonly IReadOnlyList<string> _childrenBefore = ProcessTable.Children();

    /// <summary>What <c>/proc/self/fd</c> points to, in order, without the runtime's own files.</summary>
    public static IReadOnlyList<string> Descriptors()
    {
        var targets = new List<string>();
        foreach (var link in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            // The descriptor that lists the folder is gone by the time it is looked at.
            if (Target(link) is { } target && !_runtimeFiles.Any(part => target.EndsWith(part, StringComparison.Ordinal)))
            {
                targets.Add(target);
            }
        }

        targets.Sort(StringComparer.Ordinal);
        return targets;
    }

    /// <summary>Completes once everything is as it was; descriptors and children that went meanwhile do not matter.</summary>
    /// <exception cref="TimeoutException">Names what is left after <see cref="TestTimeouts.Default"/>.</exception>
    public Task AssertNothingLeftAsync() => SettleAsync(() =>
    [
        .. Beyond(Descriptors(), _before).Select(target => $"descriptor {target}"),
        .. Beyond(ProcessTable.Children(), _childrenBefore).Select(child => $"child {child}"),
    ]);

    /// <inheritdoc/>
    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    Task IAsyncLifetime.DisposeAsync() => AssertNothingLeftAsync();

    /// <summary>Asks until nothing is left.</summary>
    /// <param name="findLeftovers">Names what is left.</param>
    /// <exception cref="TimeoutException">Names what is left after <see cref="TestTimeouts.Default"/>.</exception>
    /// <remarks>The one place that looks again after a while: the kernel tells nobody when a descriptor or a zombie of another thread's making goes.</remarks>
    public static async Task SettleAsync(Func<IReadOnlyList<string>> findLeftovers)
    {
        using var timeout = new CancellationTokenSource(TestTimeouts.Default);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        IReadOnlyList<string> left;
        while ((left = findLeftovers()).Count > 0)
        {
            try
            {
                await timer.WaitForNextTickAsync(timeout.Token);
            }
            catch (OperationCanceledException cancelled)
            {
                throw new TimeoutException($"left behind after {TestTimeouts.Default}: {string.Join("; ", left)}", cancelled);
            }
        }
    }

    private static IEnumerable<string> Beyond(IEnumerable<string> now, IEnumerable<string> before)
    {
        var known = before.CountBy(item => item).ToDictionary(StringComparer.Ordinal);
        foreach (var item in now)
        {
            if (known.TryGetValue(item, out var count) && count > 0)
            {
                known[item] = count - 1;
            }
            else
            {
                yield return item;
            }
        }
    }

    private static string? Target(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
