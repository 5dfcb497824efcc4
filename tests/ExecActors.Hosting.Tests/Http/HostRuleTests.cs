using ExecActors.Hosting.Http;
using ExecActors.Hosting.Tests.Support;

namespace ExecActors.Hosting.Tests.Http;

public sealed class HostRuleTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.1:80", true)]
    [InlineData("192.0.2.7:65535", true)]
    [InlineData("[::1]", true)]
    [InlineData("[::1]:8080", true)]
    [InlineData("[2001:db8::5]:1", true)]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:99", true)]
    [InlineData("build.example", true)]
    [InlineData("Build.Example:4433", true)]
    [InlineData("example.test", false)]
    [InlineData("example.test:80", false)]
    [InlineData("sub.build.example", false)]
    [InlineData("localhost.example.test", false)]
    [InlineData("127.0.0.1.example.test", false)]
    [InlineData("127.1", false)]
    [InlineData("0x7f.0.0.1", false)]
    [InlineData("2130706433", false)]
    [InlineData("127.0.0.01", false)]
    [InlineData("[::1].evil.example", false)]
    [InlineData("[::1]evil.example:80", false)]
    [InlineData("[::1", false)]
    [InlineData("::1", false)]
    [InlineData("[::1]:", true)]
    [InlineData("[::1]:65536", false)]
    [InlineData("[::1%25lo]", false)]
    [InlineData("[::1%lo]", false)]
    [InlineData("[[::1]]", false)]
    [InlineData("[]", false)]
    [InlineData("[127.0.0.1]", false)]
    [InlineData("[localhost]", false)]
    [InlineData("localhost:evil.example", false)]
    [InlineData("localhost:80.evil.example", false)]
    [InlineData("localhost:80:80", false)]
    [InlineData("localhost:65535", true)]
    [InlineData("localhost:65536", false)]
    [InlineData("localhost:-1", false)]
    [InlineData("localhost:+1", false)]
    [InlineData("localhost:0x50", false)]
    [InlineData("localhost: 80", false)]
    [InlineData("localhost:", true)]
    [InlineData(":80", false)]
    [InlineData("localhost.", false)]
    [InlineData("local%68ost", false)]
    [InlineData("localhost@evil.example", false)]
    [InlineData("localhost:x@evil.example", false)]
    [InlineData("user@localhost", false)]
    [InlineData("localhost/", false)]
    [InlineData("localhost,evil.example", false)]
    [InlineData("http://localhost", false)]
    public void Only_addresses_localhost_and_allowed_names_are_ours(string host, bool allowed) =>
        Assert.Equal(allowed, new HostRule(["build.example"]).Allows(host));

    [Theory]
    [InlineData("build.example", true)]
    [InlineData("build", true)]
    [InlineData("", false)]
    [InlineData("build.example:80", false)]
    [InlineData("http://build.example", false)]
    [InlineData("*.example", false)]
    [InlineData("127.0.0.1", false)]
    public void An_allowed_host_is_a_plain_name(string name, bool valid) => Assert.Equal(valid, HostRule.IsHostName(name));

    [Theory]
    [InlineData("GET /", WireClient.UpgradeHeaders)]
    [InlineData("GET /readyz", "")]
    [InlineData("GET /nowhere", "")]
    public async Task A_foreign_host_is_refused_on_every_path_with_the_remedy(string request, string headers)
    {
        await using var server = await ServerRun.ServeAsync();
        using var client = await server.ConnectAsync();

        var answer = await client.RequestAsync(request, "Host: rebound.example.test\r\n" + headers);

        Assert.Equal((403, "text/plain; charset=utf-8"), (answer.Status, answer.Header("content-type")));
        Assert.Contains("--allowed-host", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Allowed_hosts_of_the_command_line_are_served()
    {
        await using var server = await ServerRun.ServeAsync("--allowed-host", "a.example", "--allowed-host", "b.example");
        using var client = await server.ConnectAsync();

        Assert.Equal(200, (await client.RequestAsync("GET /readyz", "Host: a.example\r\n")).Status);
        Assert.Equal(200, (await client.RequestAsync("GET /readyz", "Host: B.example:4433\r\n")).Status);
        Assert.Equal(403, (await client.RequestAsync("GET /readyz", "Host: c.example\r\n")).Status);
    }
}
