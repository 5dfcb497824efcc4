using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Host;

public sealed class HostSupportTests : IClassFixture<LeakCheck>
{
    [Fact]
    public void It_says_of_each_thing_how_much_there_is_or_what_to_do()
    {
        var findings = HostSupport.Look();

        Assert.Equal(["terminals", "cgroup v2", "inotify", "open files"], findings.Select(found => found.Name));
        Assert.All(findings, found => Assert.Equal(found.IsEnough, found.Remedy is null));
        Assert.All(findings, found => Assert.NotEmpty(found.Detail));
        Assert.True(findings[0].IsEnough); // the other tests make terminals too
    }
}
