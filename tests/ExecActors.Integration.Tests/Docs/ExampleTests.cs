using ExecActors.Testing;

namespace ExecActors.Integration.Tests.Docs;

/// <summary>Every example in docs/PROTOCOL.md does what it says.</summary>
public sealed class ExampleTests(SandboxServer fixture) : IClassFixture<SandboxServer>
{
    public static TheoryData<string, int> Examples => Blocks("wire", "wire bare");

    public static TheoryData<string, int> SandboxExamples => Blocks("wire sandbox");

    [Theory]
    [MemberData(nameof(Examples))]
    public Task An_example_runs_as_written(string heading, int line) => RunAsync(heading, line);

    [SandboxTheory]
    [MemberData(nameof(SandboxExamples))]
    public Task An_example_with_a_sandbox_runs_as_written(string heading, int line) => RunAsync(heading, line);

    [Fact]
    public void Every_block_is_of_a_kind_that_is_run() => Assert.All(
        ProtocolDocument.Instance.Blocks, block => Assert.Contains(block.Info, (IEnumerable<string>)["wire", "wire bare", "wire sandbox"]));

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
    [InlineData("fs/readFile")]
    [InlineData("fs/writeFile")]
    [InlineData("fs/createDirectory")]
    [InlineData("fs/getMetadata")]
    [InlineData("fs/canonicalize")]
    [InlineData("fs/readDirectory")]
    [InlineData("fs/walk")]
    [InlineData("fs/remove")]
    [InlineData("fs/copy")]
    [InlineData("fs/rename")]
    [InlineData("fs/chmod")]
    [InlineData("fs/open")]
    [InlineData("fs/readBlock")]
    [InlineData("fs/writeBlock")]
    [InlineData("fs/close")]
    [InlineData("fs/watchMissing")]
    [InlineData("fs/watch")]
    [InlineData("fs/unwatch")]
    [InlineData("fs/missingChanged")]
    [InlineData("fs/changed")]
    [InlineData("http/request")]
    [InlineData("http/request/bodyDelta")]
    [InlineData("http/cancel")]
    public void Every_method_has_a_heading_and_an_example(string method)
    {
        Assert.Contains(method, ProtocolDocument.Instance.Headings);
        Assert.Contains(ProtocolDocument.Instance.Blocks, block => block.Info.StartsWith("wire", StringComparison.Ordinal) && block.Heading == method);
    }

    private static TheoryData<string, int> Blocks(params string[] kinds)
    {
        var data = new TheoryData<string, int>();
        foreach (var block in ProtocolDocument.Instance.Blocks.Where(block => kinds.Contains(block.Info)))
        {
            data.Add(block.Heading, block.Line);
        }

        return data;
    }

    private async Task RunAsync(string heading, int line)
    {
        var block = ProtocolDocument.Instance.Blocks.Single(block => block.Line == line);
        Assert.Equal(heading, block.Heading);
        await using var example = new WireExample(block, fixture.Server);
        await example.RunAsync();
    }
}
