namespace ExecActors.Platform.Tests.Processes;

public sealed class ExitStatusTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    public static TheoryData<int> DeadlySignals => [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 24, 25, 26, 27, 29, 30, 31, 34, 64];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(130)]
    [InlineData(255)]
    public async Task An_exit_code_is_given_as_it_is(int code)
    {
        foreach (var io in Enum.GetValues<ProcessIo>())
        {
            var child = await TestChild.RunAsync(fixture.Host, Spec.Shell($"exit {code}", io));

            Assert.Equal(new ExitStatus(code, 0), await child.Exited);
        }
    }

    [Theory]
    [MemberData(nameof(DeadlySignals))]
    public async Task A_death_by_signal_is_128_and_its_number_for_pipes_and_terminals(int signal)
    {
        foreach (var io in Enum.GetValues<ProcessIo>())
        {
            var child = await TestChild.RunAsync(fixture.Host, Spec.Shell($"ulimit -c 0; kill -{signal} $$", io));

            Assert.Equal(new ExitStatus(128 + signal, signal), await child.Exited);
        }
    }
}
