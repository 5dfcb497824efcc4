namespace ExecActors.Integration.Tests.Wire;

/// <summary>Methods of the reference server that this one does not serve.</summary>
public sealed class UnservedMethodTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("environmentConfig/read")]
    [InlineData("capabilityRoots/read")]
    [InlineData("capabilities/discoverV2")]
    [Difference("methods-not-served")]
    public async Task An_unserved_method_is_refused_by_its_name(string method)
    {
        await using var client = await fixture.OpenAsync();

        var error = await client.ErrorAsync(method, new JObject());

        Assert.Equal((ErrorCode.MethodNotFound, $"exec-server stub does not implement `{method}` yet"), (error.Code, error.Message));
    }
}
