using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Processes;

public sealed class CreditTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private const int Buffer = 64 * 1024;

    [Fact]
    public async Task Without_credit_nothing_is_read()
    {
        using var child = TestChild.Start(fixture.Host, Spec.Shell("echo out; echo err >&2; exec sleep 1000"), credit: 0);
        child.Process.GrantRead(OutputStreamKind.Stderr, 1);

        // Written after the output, so that it would have come after it.
        await child.UntilAsync(() => child.Stderr.Length > 0);
        Assert.Equal("", child.Stdout);

        child.Process.GrantRead(OutputStreamKind.Stdout, 1);
        await child.UntilAsync(() => child.Stdout.Length > 0);
        Assert.Equal("out\n", child.Stdout);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public async Task Credit_is_overdrawn_by_at_most_one_buffer(int credit)
    {
        using var child = TestChild.Start(fixture.Host, Spec.Shell("yes"), credit: 0);
        var total = 0;
        for (var round = 0; round < 5; round++)
        {
            child.Process.GrantRead(OutputStreamKind.Stdout, credit);
            total += credit;
            var wanted = total;
            await child.UntilAsync(() => child.Received(OutputStreamKind.Stdout) >= wanted);

            // Whatever the reactor would still have read was read before it saw this other child end.
            await TestChild.RunAsync(fixture.Host, Spec.Of("true"));
            Assert.InRange(child.Received(OutputStreamKind.Stdout), total, total + Buffer);
        }
    }

    [Fact]
    public async Task Credit_granted_before_the_beginning_counts()
    {
        var process = fixture.Host.Start(Spec.Shell("echo x; exec sleep 1000"));
        process.GrantRead(OutputStreamKind.Stdout, 10);
        using var child = TestChild.Begin(process);

        await child.UntilAsync(() => string.Equals(child.Stdout, "x\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_end_of_a_stream_needs_no_credit_once_its_bytes_were_read()
    {
        // The background writer keeps the stream open beyond the exit, and takes all the credit there is.
        using var child = TestChild.Start(fixture.Host, Spec.Shell("exec 3<&0; (read line <&3; echo $line) & exit", ProcessIo.PipesWithStdin), credit: 0);
        await child.Exited;
        child.Process.GrantRead(OutputStreamKind.Stdout, 1);
        child.Write("four\n");

        await child.AllEnded;
        Assert.Equal("four\n", child.Stdout);
    }

    [Fact]
    public async Task A_stream_that_has_ended_with_bytes_in_it_costs_nothing_while_it_waits_for_credit()
    {
        using var child = TestChild.Start(
            fixture.Host, Spec.Shell("head -c 60000 /dev/zero; exec >/dev/null 2>&1; exec sleep 1000"), credit: 0);
        await child.UntilAsync(() => child.Events.Any(told => told is { What: ChildEventKind.Ended, Stream: OutputStreamKind.Stderr }));
        var before = fixture.Host.ReactorWakes;
        for (var other = 0; other < 10; other++)
        {
            await TestChild.RunAsync(fixture.Host, Spec.Of("true"));
        }

        Assert.InRange(fixture.Host.ReactorWakes - before, 10, 200); // those of the others
        child.Process.GrantRead(OutputStreamKind.Stdout, TestChild.Unlimited);
        await child.UntilAsync(() => child.Events.Any(told => told is { What: ChildEventKind.Ended, Stream: OutputStreamKind.Stdout }));
        Assert.Equal(60_000, child.Received(OutputStreamKind.Stdout));
    }

    [Fact]
    public async Task Grants_from_many_threads_lose_nothing()
    {
        const int size = 20_000_000;
        using var child = TestChild.Start(fixture.Host, Spec.Of("head", "-c", "20000000", "/dev/zero"), credit: 0);
        var granting = Task.Run(() => Parallel.For(0, 20_000, _ => child.Process.GrantRead(OutputStreamKind.Stdout, 1_000)));

        await child.AllEnded;
        await granting.WaitAsync(TestTimeouts.Default);
        Assert.Equal(size, child.Received(OutputStreamKind.Stdout));
    }
}
