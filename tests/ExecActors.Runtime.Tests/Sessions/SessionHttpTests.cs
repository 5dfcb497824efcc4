using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Sessions;

public sealed class SessionHttpTests : RuntimeTest
{
    [Fact]
    public async Task A_response_is_the_answer()
    {
        var client = await AttachAsync();

        var answer = await client.AskAsync(Get(2, "a", stream: false));
        Assert.StartsWith("""{"id":2,"result":{"status":200,"headers":[""", answer, StringComparison.Ordinal);
        Assert.EndsWith("\"bodyBase64\":\"L2E=\"}}", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_streamed_body_follows_its_answer()
    {
        var client = await AttachAsync();
        client.Send(Get(2, "a", stream: true));

        Assert.StartsWith("""{"id":2,"result":{"status":200""", await client.Frames.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(Delta(1, "L2E=", done: false), await client.Frames.NextAsync());
        Assert.Equal(Delta(2, "", done: true), await client.Frames.NextAsync());
    }

    [Fact]
    public async Task A_request_that_waits_holds_up_nothing()
    {
        Web.Hold();
        var client = await AttachAsync();
        client.Send(Get(2, "a", stream: false), Wire.Status(3));

        Assert.Equal(Wire.Ready(3), await client.Frames.NextAsync());
        Web.LetGo();
        Assert.StartsWith("""{"id":2,"result":""", await client.Frames.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_ends_with_its_connection_and_the_next_one_has_its_own()
    {
        Web.Hold();
        var client = await AttachAsync();
        client.Send(Get(2, "a", stream: true));
        await Web.Received;
        client.Leave();
        await Web.GaveUp;
        var back = await NewClient().AttachAsync(client.SessionId);
        Web.LetGo();

        Assert.StartsWith("""{"id":2,"result":""", await back.AskAsync(Get(2, "a", stream: true)), StringComparison.Ordinal);
        Assert.Empty(client.Frames.Now());
    }

    [Fact]
    public async Task A_cancel_ends_a_request_that_waits()
    {
        Web.Hold();
        var client = await AttachAsync();
        client.Send(Get(2, "a", stream: false), """{"id":3,"method":"http/cancel","params":{"requestId":"r"}}""");

        Assert.Equal([Wire.Error(2, -32603, "http/request was cancelled"), Wire.Result(3, "{}")], await client.Frames.NextAsync(2));
    }

    private static string Get(int id, string path, bool stream) =>
        $$$"""{"id":{{{id}}},"method":"http/request","params":{"method":"GET","url":"http://upstream/{{{path}}}","requestId":"r","headers":[],"bodyBase64":null,"streamResponse":{{{(stream ? "true" : "false")}}}}}""";

    private static string Delta(int seq, string base64, bool done) =>
        $$$"""{"method":"http/request/bodyDelta","params":{"requestId":"r","seq":{{{seq}}},"deltaBase64":"{{{base64}}}","done":{{{(done ? "true" : "false")}}},"error":null}}""";
}
