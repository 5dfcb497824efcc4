using System.Globalization;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform.Tests.Host;

public sealed class OpenFilesTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    [Fact]
    public async Task The_limit_is_raised_here_and_stays_in_children()
    {
        var (_, hard) = Libc.OpenFiles(0)!.Value;
        Assert.Equal(0, Libc.SetOpenFiles(0, hard - 1));

        try
        {
            OpenFiles.Raise();

            Assert.Equal((hard, hard), Libc.OpenFiles(0));
            var child = await TestChild.RunAsync(fixture.Host, Spec.Of("/bin/sh", "-c", "ulimit -Sn; ulimit -Hn"));
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{hard - 1}\n{hard}\n"), child.Stdout);
        }
        finally
        {
            OpenFiles.OfChildren = null; // for the tests that follow
        }
    }
}
