namespace ExecActors.Platform.Tests.Lifetime;

public sealed class OwnCgroupTests
{
    [Theory]
    [InlineData("0::/", "/", "/sys/fs/cgroup", "/sys/fs/cgroup")] // in a namespace of its own, or the root
    [InlineData("0::/system.slice/execactors.service", "/", "/sys/fs/cgroup", "/sys/fs/cgroup/system.slice/execactors.service")]
    [InlineData("0::/a/b", "/", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/unified/a/b")] // beside version 1
    [InlineData("0::/docker/1/x", "/docker/1", "/sys/fs/cgroup", "/sys/fs/cgroup/x")] // a part of the hierarchy is mounted
    [InlineData("0::/../outside", "/", "/sys/fs/cgroup", null)] // outside the namespace
    [InlineData("1:cpu:/a", "/", "/sys/fs/cgroup", null)] // version 1 only
    public void It_is_found_by_its_path_and_its_mount(string cgroup, string root, string place, string? expected) =>
        Assert.Equal(expected, OwnCgroup.Find(["2:memory:/m", cgroup], [$"30 20 0:26 {root} {place} rw,relatime - cgroup2 cgroup2 rw"]));

    [Fact]
    public void Without_a_mount_there_is_none() =>
        Assert.Null(OwnCgroup.Find(["0::/"], ["30 20 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu"]));
}
