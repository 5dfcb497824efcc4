namespace ExecActors.Protocol.Tests.Session;

public sealed class InitializeParamsTests
{
    [Theory]
    [InlineData("""{"clientName":"x"}""", "x", null, false)]
    [InlineData("""{"resumeSessionId":null,"clientName":""}""", "", null, false)]
    [InlineData("""{"clientName":"x","somethingNew":[{"a":1}],"resumeSessionId":""}""", "x", "", false)]
    [InlineData("""{"clientName":"\u0078","resumeSessionId":"id","takeover":true}""", "x", "id", true)]
    public void Params_are_read(string json, string clientName, string? resume, bool takeover) =>
        Assert.Equal(new InitializeParams(clientName, resume, takeover), Wire.Accepted<InitializeParams>(InitializeParams.TryDecode, json));

    [Theory]
    [InlineData("", "invalid type: null, expected struct InitializeParams")]
    [InlineData("null", "invalid type: null, expected struct InitializeParams")]
    [InlineData("5", "invalid type: number, expected struct InitializeParams")]
    [InlineData("\"x\"", "invalid type: string \"x\", expected struct InitializeParams")]
    [InlineData("true", "invalid type: boolean `true`, expected struct InitializeParams")]
    [InlineData("{}", "missing field `clientName`")]
    [InlineData("""{"clientName":7}""", "invalid type: number, expected a string")]
    [InlineData("""{"clientName":null}""", "invalid type: null, expected a string")]
    [InlineData("""{"clientName":"x","resumeSessionId":5}""", "invalid type: number, expected a string")]
    [InlineData("""{"resumeSessionId":true}""", "invalid type: boolean `true`, expected a string")]
    [InlineData("""{"clientName":"x","takeover":null}""", "invalid type: null, expected a boolean")]
    public void Bad_params_are_refused_in_the_reference_servers_words(string json, string message) =>
        Assert.Equal(message, Wire.Refusal<InitializeParams>(InitializeParams.TryDecode, json));

    [Fact]
    public void The_takeover_is_written_only_when_wanted()
    {
        Assert.Equal("""{"clientName":"x","resumeSessionId":null}""", Wire.Text(Wire.Serialized(new InitializeParams("x"))));
        Assert.Equal("""{"clientName":"x","resumeSessionId":"s","takeover":true}""", Wire.Text(Wire.Serialized(new InitializeParams("x", "s", true))));
    }
}
