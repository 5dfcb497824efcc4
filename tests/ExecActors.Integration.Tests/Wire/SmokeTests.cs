namespace ExecActors.Integration.Tests.Wire;

public sealed class SmokeTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Echo()
    {
        await using var client = await fixture.OpenAsync();
        var run = await client.RunAsync("p", "echo hi");
        Assert.Equal("hi\n", run.Stdout);
    }
}
