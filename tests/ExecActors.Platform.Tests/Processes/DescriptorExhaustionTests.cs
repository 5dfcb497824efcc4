using System.Globalization;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Processes;

public sealed class DescriptorExhaustionTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    [Theory]
    [InlineData(ProcessIo.Pipes)]
    [InlineData(ProcessIo.PipesWithStdin)]
    [InlineData(ProcessIo.Terminal)]
    public async Task A_start_without_enough_descriptors_is_refused_and_leaves_nothing(ProcessIo io)
    {
        // Another process sets our limit, since we could not start one any more; each line it reads is the next limit.
        using var limiter = TestChild.Start(fixture.Host, Spec.Shell(
            $"while read limit; do prlimit --pid {Environment.ProcessId} --nofile=$limit: && echo set $limit; done", ProcessIo.PipesWithStdin));
        var original = SoftLimit();
        var free = FreeDescriptors();
        var refusals = 0;
        var leaks = new LeakCheck();
        try
        {
            for (var spare = 0; spare < 12; spare++)
            {
                await SetLimitAsync(limiter, free[spare]);
                try
                {
                    fixture.Host.Start(Spec.Of("/bin/true") with { Io = io }).Release();
                }
                catch (ProcessStartException refused)
                {
                    Assert.Equal(24, refused.Errno);
                    Assert.StartsWith("Too many open files (os error 24); ", refused.Message, StringComparison.Ordinal);
                    refusals++;
                }
            }
        }
        finally
        {
            await SetLimitAsync(limiter, original);
        }

        Assert.InRange(refusals, 3, 11);
        await leaks.AssertNothingLeftAsync();
    }

    /// <summary>Numbers that are not in use: with the n-th of them as the limit, n - 1 more can be opened.</summary>
    private static List<int> FreeDescriptors()
    {
        var used = Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(link => int.Parse(Path.GetFileName(link), CultureInfo.InvariantCulture)).ToHashSet();
        return [.. Enumerable.Range(0, 2000).Where(number => !used.Contains(number)).Take(20)];
    }

    private static async Task SetLimitAsync(TestChild limiter, int limit)
    {
        limiter.Write($"{limit}\n");
        await limiter.UntilAsync(() => limiter.Stdout.EndsWith($"set {limit}\n", StringComparison.Ordinal));
    }

    private static int SoftLimit() => int.Parse(
        File.ReadLines("/proc/self/limits").Single(line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[3],
        CultureInfo.InvariantCulture);
}
