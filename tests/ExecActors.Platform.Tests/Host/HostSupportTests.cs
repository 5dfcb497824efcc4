using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Host;

public sealed class HostSupportTests : IClassFixture<LeakCheck>
{
    [Fact]
    public void It_says_of_each_thing_how_much_there_is_or_what_to_do()
    {
        var findings = HostSupport.Look(new LifetimeOptions { Containment = ContainmentWay.Auto, Guardian = true });

        Assert.Equal(["terminals", "cgroup v2", "descendants", "guardian", "inotify", "open files", "address space", "OpenSSL"], findings.Select(found => found.Name));
        Assert.All(findings, found => Assert.Equal(found.IsEnough, found.Remedy is null));
        Assert.All(findings, found => Assert.NotEmpty(found.Detail));
        Assert.True(findings[0].IsEnough); // the other tests make terminals too
    }

    [Fact]
    public void It_says_what_would_hold_descendants()
    {
        string Said(ContainmentWay way, string name) => HostSupport.Look(new LifetimeOptions { Containment = way, Guardian = true })
            .First(found => string.Equals(found.Name, name, StringComparison.Ordinal)).Detail;

        Assert.Equal("ended by their marks; orphans are adopted", Said(ContainmentWay.Subreaper, "descendants"));
        Assert.Equal("only process groups are ended: containment is off", Said(ContainmentWay.Off, "descendants"));
        Assert.StartsWith("ended by their marks", Said(ContainmentWay.Auto, "descendants"), StringComparison.Ordinal);
        Assert.StartsWith("waits", Said(ContainmentWay.Auto, "guardian"), StringComparison.Ordinal);
        Assert.StartsWith("off", Said(ContainmentWay.Off, "guardian"), StringComparison.Ordinal);
    }
}
