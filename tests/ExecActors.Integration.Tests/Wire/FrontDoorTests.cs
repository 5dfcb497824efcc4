using System.Text;

namespace ExecActors.Integration.Tests.Wire;

/// <summary>Requests written byte by byte: what may be read in two ways is refused at once, whatever would have followed.</summary>
public sealed class FrontDoorTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Host = "Host: 127.0.0.1\r\n";
    private const string Upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    [Theory]
    [Difference("strict-http")]
    [InlineData("GET /readyz HTTP/1.1\nHost: 127.0.0.1\n\n")]
    [InlineData("GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\n")]
    [InlineData("GET /readyz HTTP/1.1\r\nHost: [::1].example.test\r\n\r\n")]
    [InlineData("GET /readyz HTTP/1.1\r\nHost: localhost:example.test\r\n\r\n")]
    [InlineData("GET http://localhost:x@example.test/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")]
    [InlineData("GET http:/// HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")]
    [InlineData($"GET /readyz HTTP/1.1\r\n{Host}Content-Length: abc\r\n\r\n")]
    [InlineData($"GET /readyz HTTP/1.1\r\n{Host}Content-Length: -1\r\n\r\n")]
    [InlineData($"GET /readyz HTTP/1.1\r\n{Host}Content-Length: +0\r\n\r\n")]
    [InlineData($"GET /readyz HTTP/1.1\r\n{Host}Content-Length: 1, 2\r\n\r\n")]
    [InlineData($"GET /readyz HTTP/1.1\r\n{Host}Content-Length: 99999999999999999999\r\n\r\n")]
    [InlineData($"GET /readyz HTTP/1.1\r\n{Host}Content-Length: 0\r\nContent-Length: 5\r\n\r\n")]
    [InlineData($"GET /readyz HTTP/1.1\r\n{Host}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n")]
    public async Task A_request_that_can_be_read_in_two_ways_is_answered_400_and_the_connection_ends(string request)
    {
        if (ServerUnderTest.IsReference)
        {
            return;
        }

        using var connection = await ByteConnection.ConnectAsync(fixture.Server.Endpoint);
        await connection.SendAsync(Encoding.Latin1.GetBytes(request));
        var answer = await Patience.ForAsync(RawHttp.ReadAnswerAsync(connection), () => "the refusal");
        Assert.Equal((400, "close"), (answer.Status, answer["connection"]));
        Assert.Empty(await Patience.ForAsync(connection.ReadToEndAsync(), () => "the end"));
    }

    [Theory]
    [Difference("upgrade-key")]
    [InlineData("Sec-WebSocket-Key: x\r\n")]
    [InlineData("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA\r\n")]
    [InlineData("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA=\r\n")]
    [InlineData(Key + Key)]
    public async Task A_key_has_16_bytes_and_stands_there_once(string key)
    {
        if (!ServerUnderTest.IsReference)
        {
            Assert.Equal(400, (await AskAsync(Upgrade + key)).Status);
        }
    }

    [Fact]
    [Difference("expect-continue")]
    public async Task Who_expects_to_continue_is_told_to_and_then_upgraded()
    {
        if (ServerUnderTest.IsReference)
        {
            return;
        }

        Assert.Equal(417, (await AskAsync($"{Upgrade}{Key}Expect: tea\r\n")).Status);
        using var connection = await ByteConnection.ConnectAsync(fixture.Server.Endpoint);
        await connection.SendAsync(Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\n{Host}{Upgrade}{Key}Expect: 100-continue\r\n\r\n"));
        Assert.Equal(100, (await Patience.ForAsync(RawHttp.ReadAnswerAsync(connection, hasBody: false), () => "the 100")).Status);
        Assert.Equal(101, (await Patience.ForAsync(RawHttp.ReadAnswerAsync(connection), () => "the 101")).Status);
    }

    private async Task<HttpAnswer> AskAsync(string headers)
    {
        using var connection = await ByteConnection.ConnectAsync(fixture.Server.Endpoint);
        await connection.SendAsync(Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\n{Host}{headers}\r\n"));
        return await Patience.ForAsync(RawHttp.ReadAnswerAsync(connection), () => "the answer");
    }
}
