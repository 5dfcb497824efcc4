using System.Text;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Sandbox.Helper;

public sealed class HelperViewTests
{
    [Fact]
    public void A_helper_knows_of_its_plan_what_the_server_knows()
    {
        using var folder = new TemporaryFolder();
        folder.Write("ws/secret/deep/file", "");
        folder.Write("ws/.git/config", "");
        var ws = UnixPath.FromText(folder.Path).Child("ws");
        var plan = MountPlan.Make(
            new SandboxPolicy
            {
                RestrictsFiles = true,
                RestrictsNetwork = true,
                Entries =
                [
                    new SandboxEntry(UnixPath.Root, SandboxAccess.Read),
                    new SandboxEntry(ws, SandboxAccess.Write),
                    new SandboxEntry(ws.Child("secret"), SandboxAccess.Deny),
                    new SandboxEntry(ws.Child("secret").Child("deep"), SandboxAccess.Read),
                ],
            },
            new SandboxLimits());

        var view = HelperView.Read(HelperView.Describe(plan, [UnixPath.FromText("/own")]));

        foreach (var name in new[] { "", "/a", "/.git", "/.git/config", "/secret", "/secret/x", "/secret/deep", "/secret/deep/file", "/.codex", "/.codex/x", "x" })
        {
            var path = UnixPath.FromText($"{ws}{name}");
            Assert.Equal(plan.Absent.Any(path.IsAtOrBelow), view.IsAbsent(path));
            if (!view.IsAbsent(path))
            {
                Assert.Equal(plan.AccessTo(path), view.AccessTo(path));
            }
        }

        Assert.Equal(SandboxAccess.Read, view.AccessTo(UnixPath.Root));
        var grants = view.Grants().ToDictionary(grant => Encoding.UTF8.GetString(grant.Path), grant => grant.Write, StringComparer.Ordinal);
        Assert.False(grants["/own"]);
        Assert.True(grants[ws.ToString()]);
        Assert.DoesNotContain(ws.Child("secret").ToString(), grants.Keys);
    }

    [Theory]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 1, 0, 0 })]
    [InlineData(new byte[] { 1, 2, 0, (byte)'/' })]
    [InlineData(new byte[] { 1, 1, 0, (byte)'a' })]
    public void What_describes_no_plan_is_refused(byte[] bytes) => Assert.Throws<FormatException>(() => HelperView.Read(bytes));
}
