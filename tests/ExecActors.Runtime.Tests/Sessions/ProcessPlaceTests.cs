using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Sessions;

public sealed class ProcessPlaceTests() : RuntimeTest("execactors.limits { processes = 4, processes-per-principal = 2 }")
{
    [Fact]
    public async Task One_principals_processes_leave_room_for_those_of_others()
    {
        var (one, two, other) = (await ClientOf("many").AttachAsync(), await ClientOf("many").AttachAsync(), await ClientOf("other").AttachAsync());
        var child = await StartAsync(one, "a");
        await StartAsync(two, "a");
        Assert.Equal(Wire.Error(2, -32005, "limit reached: limits.processes-per-principal"), await two.AskAsync(Wire.Start(2, "b")));
        await StartAsync(other, "a");

        child.Finish(0);
        Assert.Equal([Wire.Exited("a", 1, 0), Wire.Closed("a", 2)], await one.Frames.NextAsync(2));
        await SettledAsync(one);
        await StartAsync(two, "b");
        Assert.Equal(3, Places.Taken);
    }

    private TestClient ClientOf(string name) => new(Registry, CreateTestProbe(), Settings.Limits) { Principal = Principal.Named(name) };
}
