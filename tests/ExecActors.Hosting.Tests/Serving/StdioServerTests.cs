using System.IO.Pipes;
using ExecActors.Hosting.Tests.Support;
using ExecActors.Runtime.Connections;

namespace ExecActors.Hosting.Tests.Serving;

public sealed class StdioServerTests
{
    [Theory]
    [InlineData("stdio")]
    [InlineData("stdio://")]
    public async Task One_connection_is_served_until_the_end_of_input(string listen)
    {
        await using var toServer = new AnonymousPipeServerStream(PipeDirection.Out);
        await using var input = new AnonymousPipeClientStream(PipeDirection.In, toServer.ClientSafePipeHandle);
        await using var fromServer = new AnonymousPipeServerStream(PipeDirection.In);
        await using var output = new AnonymousPipeClientStream(PipeDirection.Out, fromServer.ClientSafePipeHandle);
        await using var run = ServerRun.Start(["serve", "--listen", listen, "--exit-on-stdin-close"], input: input, output: output);
        using var reader = new StreamReader(fromServer);

        await toServer.WriteAsync("{\"id\":1}\n"u8.ToArray());
        Assert.Equal("{\"id\":1}", await reader.ReadLineAsync().SoonAsync());
        toServer.Close();

        Assert.Equal((0, ""), (await run.Ended.SoonAsync(), run.Output));
        Assert.Contains("end of input", run.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_ends_with_its_connection()
    {
        await using var toServer = new AnonymousPipeServerStream(PipeDirection.Out);
        await using var input = new AnonymousPipeClientStream(PipeDirection.In, toServer.ClientSafePipeHandle);
        var acceptor = new TestAcceptor(_ => Task.FromResult(new ConnectionEnd("the actor has had enough")));
        await using var run = ServerRun.Start(["serve", "--listen", "stdio"], acceptor, input: input);

        Assert.Equal(0, await run.Ended.SoonAsync());
        toServer.Close(); // or the read that is under way keeps its stream from being disposed
        Assert.Contains("the actor has had enough", run.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_of_the_server_is_not_a_success()
    {
        var acceptor = new TestAcceptor(_ => throw new InvalidOperationException("a bug"));
        await using var run = ServerRun.Start(["serve", "--listen", "stdio"], acceptor);

        Assert.Equal(1, await run.Ended.SoonAsync());
        Assert.Contains("a bug", run.Log, StringComparison.Ordinal);
    }
}
