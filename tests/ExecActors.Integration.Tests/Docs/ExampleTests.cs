namespace ExecActors.Integration.Tests.Docs;

/// <summary>Every example in docs/PROTOCOL.md does what it says.</summary>
public sealed class ExampleTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    public static TheoryData<string, int> Examples
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var block in ProtocolDocument.Instance.Blocks.Where(block => block.Info.StartsWith("wire", StringComparison.Ordinal)))
            {
                data.Add(block.Heading, block.Line);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task An_example_runs_as_written(string heading, int line)
    {
        var block = ProtocolDocument.Instance.Blocks.Single(block => block.Line == line);
        Assert.Equal(heading, block.Heading);
        await using var example = new WireExample(block, fixture.Server);
        await example.RunAsync();
    }

    [Theory]
    [InlineData("initialize")]
    [InlineData("initialized")]
    [InlineData("environment/info")]
    [InlineData("environment/status")]
    [InlineData("process/start")]
    [InlineData("process/read")]
    [InlineData("process/write")]
    [InlineData("process/signal")]
    [InlineData("process/terminate")]
    [InlineData("process/output")]
    [InlineData("process/exited")]
    [InlineData("process/closed")]
    public void Every_method_has_a_heading_and_an_example(string method)
    {
        Assert.Contains(method, ProtocolDocument.Instance.Headings);
        Assert.Contains(ProtocolDocument.Instance.Blocks, block => block.Info.StartsWith("wire", StringComparison.Ordinal) && block.Heading == method);
    }
}
