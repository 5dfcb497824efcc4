using System.Globalization;
using System.Runtime.InteropServices;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Processes;

public sealed class DescriptorExhaustionTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private const int RLIMIT_NOFILE = 7;

    [Theory]
    [InlineData(ProcessIo.Pipes, 4)]
    [InlineData(ProcessIo.PipesWithStdin, 6)]
    [InlineData(ProcessIo.Terminal, 3)]
    public async Task A_start_without_enough_descriptors_is_refused_and_leaves_nothing(ProcessIo io, int needed)
    {
        var spec = Spec.Of("/bin/true") with { Io = io };
        var leaks = new LeakCheck();

        // Once without a limit: the runtime ends the program when it lacks a descriptor for loading code.
        Assert.Null(StartWith(int.MaxValue, spec));
        await leaks.AssertNothingLeftAsync();

        // Both ends of each pipe, or the terminal twice and the pidfd: every step fails in turn.
        foreach (var spare in Enumerable.Range(0, needed))
        {
            var refused = StartWith(spare, spec);
            Assert.NotNull(refused);
            Assert.Equal(24, refused.Errno);
            Assert.StartsWith("Too many open files (os error 24); ", refused.Message, StringComparison.Ordinal);
            await leaks.AssertNothingLeftAsync();
        }

        Assert.Null(StartWith(needed, spec));
        await leaks.AssertNothingLeftAsync();
    }

    /// <summary>Starts and releases while only so many descriptors can be opened; the limit holds no longer than the start.</summary>
    private ProcessStartException? StartWith(int spare, ProcessSpec spec)
    {
        var links = Directory.EnumerateFileSystemEntries("/proc/self/fd");
        var used = links.Select(link => int.Parse(Path.GetFileName(link), CultureInfo.InvariantCulture)).ToHashSet();
        Assert.Equal(0, GetLimit(RLIMIT_NOFILE, out var original));
        var limit = spare == int.MaxValue ? original.Soft : (ulong)Enumerable.Range(0, 100_000).Where(number => !used.Contains(number)).ElementAt(spare);
        var limited = original with { Soft = limit };
        Assert.Equal(0, SetLimit(RLIMIT_NOFILE, in limited));
        try
        {
            fixture.Host.Start(spec).Release();
            return null;
        }
        catch (ProcessStartException refused)
        {
            return refused;
        }
        finally
        {
            Assert.Equal(0, SetLimit(RLIMIT_NOFILE, in original));
        }
    }

#pragma warning disable SYSLIB1054 // LibraryImport would need unsafe code, which belongs to the platform project alone
    [DllImport("libc", EntryPoint = "getrlimit")]
    private static extern int GetLimit(int resource, out ResourceLimit limit);

    [DllImport("libc", EntryPoint = "setrlimit")]
    private static extern int SetLimit(int resource, in ResourceLimit limit);
#pragma warning restore SYSLIB1054

    [StructLayout(LayoutKind.Sequential)]
    private record struct ResourceLimit(ulong Soft, ulong Hard);
}
