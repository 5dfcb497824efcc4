using ExecActors.Runtime.Processes;
using ExecActors.Runtime.Sessions;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Sessions;

public sealed class OutputSharesTests : RuntimeTest
{
    private const long MiB = 1 << 20;
    private readonly OutputShares _shares;

    public OutputSharesTests()
        : base("execactors { output { ring-bytes-per-session = 3MiB, spill-bytes-per-session = 100MiB } }") =>
        _shares = new OutputShares(Settings.Output, Settings.Process);

    [Fact]
    public async Task Within_the_bounds_nobody_is_told_anything()
    {
        var probe = CreateTestProbe();
        _shares.OnHeld(probe, new ProcessProtocol.Held("p", MiB, 64 * MiB));
        _shares.OnHeld(CreateTestProbe(), new ProcessProtocol.Held("q", MiB, 36 * MiB));

        await probe.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task Beyond_the_disk_space_the_fullest_keeps_less_until_there_is_room_again()
    {
        var (full, small) = (CreateTestProbe(), CreateTestProbe());
        _shares.OnHeld(full, new ProcessProtocol.Held("p", 0, 64 * MiB));
        _shares.OnHeld(small, new ProcessProtocol.Held("q", 0, 44 * MiB));
        var limit = await full.ExpectMsgAsync<ProcessProtocol.Limit>();
        Assert.Equal(new ProcessProtocol.Limit((int)MiB, 56 * MiB), limit);
        await small.ExpectNoMsgAsync(TimeSpan.Zero);

        _shares.OnHeld(full, new ProcessProtocol.Held("p", 0, 40 * MiB));
        _shares.Remove(small);
        Assert.Equal(new ProcessProtocol.Limit((int)MiB, 64 * MiB), await full.ExpectMsgAsync<ProcessProtocol.Limit>());
    }

    [Fact]
    public async Task Beyond_the_memory_all_rings_become_shorter_but_none_shorter_than_a_pipe()
    {
        var probes = Enumerable.Range(0, 100).Select(_ => CreateTestProbe()).ToList();
        foreach (var probe in probes)
        {
            _shares.OnHeld(probe, new ProcessProtocol.Held("p", MiB, 0));
        }

        foreach (var probe in probes)
        {
            Assert.Equal(64 * 1024, (await probe.FishForMessageAsync<ProcessProtocol.Limit>(limit => limit.RingBytes == 64 * 1024)).RingBytes);
        }
    }
}
