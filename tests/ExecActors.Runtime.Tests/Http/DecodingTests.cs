using System.Text;

using Newtonsoft.Json.Linq;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>Compressed responses on their way to the client.</summary>
public sealed class DecodingTests() : HttpTest("execactors.http { buffered-body-bytes = 1MiB, buffered-bytes = 4MiB, delta-bytes = 16KiB }")
{
    private const int DeltaBytes = 16 * 1024;
    private const int MiB = 1024 * 1024;

    public static TheoryData<string, string, string> Heads { get; } = new()
    {
        { "content-encoding: gzip\r\nx-a: 1", "x-a=1", "decoded" },
        { "Content-Encoding:  gzip \r\netag: e\r\nVary: x", "etag=e|vary=x", "decoded" },
        { "content-encoding: br", "content-encoding=br|content-length=LENGTH", "as it came" },
        { "content-encoding: x-gzip", "content-encoding=x-gzip|content-length=LENGTH", "as it came" },
        { "content-encoding: GZIP", "content-encoding=GZIP|content-length=LENGTH", "as it came" },
        { "content-encoding: gzip, gzip", "content-encoding=gzip, gzip|content-length=LENGTH", "as it came" },
        { "x-a: gzip", "x-a=gzip|content-length=LENGTH", "as it came" },
    };

    [Theory]
    [MemberData(nameof(Heads))]
    public async Task One_lower_case_word_is_decoded_and_everything_else_is_the_clients(string head, string headers, string body)
    {
        foreach (var status in new[] { "200 OK", "206 Partial Content", "404 Not Found", "500 X" })
        {
            var http = Converse();
            var compressed = Encoding.Latin1.GetString(Compressed.Gzip("content"u8.ToArray()));
            http.Send(1, Server.Url(), ""","headers":[{"name":"accept-encoding","value":"identity"}]""");
            await RespondAsync($"HTTP/1.1 {status}\r\n{head}\r\ncontent-length: {compressed.Length}\r\n\r\n{compressed}");

            var result = await http.ResultAsync(1);
            var found = string.Join('|', result["headers"]!.Select(header => $"{(string)header["name"]!}={(string)header["value"]!}"));
            Assert.Equal(headers.Replace("LENGTH", $"{compressed.Length}", StringComparison.Ordinal), found);
            Assert.Equal(body is "decoded" ? "content" : compressed, HttpConversation.Text((string)result["bodyBase64"]!));
        }
    }

    [Theory]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 29\r\n\r\n", 200)]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\ncontent-encoding: zstd\r\n\r\n", 204)]
    [InlineData("GET", "HTTP/1.1 304 X\r\ncontent-encoding: gzip\r\ncontent-length: 29\r\n\r\n", 304)]
    [InlineData("GET", "HTTP/1.1 200 OK\r\ncontent-encoding: zstd\r\ncontent-length: 0\r\n\r\n", 200)]
    public async Task No_body_is_an_empty_one_and_the_two_headers_go_all_the_same(string method, string response, int status)
    {
        foreach (var isStream in new[] { false, true })
        {
            var http = Converse();
            http.Send(1, Server.Url(), isStream ? ",\"streamResponse\":true" : "", method);
            await RespondAsync(response);

            Assert.Equal($$$"""{"id":1,"result":{"status":{{{status}}},"headers":[],"bodyBase64":""}}""", await http.AnswerAsync(1));
            if (isStream)
            {
                Assert.Equal(HttpConversation.Delta("r", 1, "", done: true), await http.DeltaAsync());
            }
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task The_bound_is_on_decoded_bytes(string coding)
    {
        var http = Converse(Handler);
        http.Send(1, "http://a/");
        Feed((await Handler.NextAsync()).Respond(coding), Compressed.Of(coding, new byte[MiB]));
        Assert.Equal(MiB, (await http.BodyAsync(1)).Length);

        http.Send(2, "http://a/");
        Feed((await Handler.NextAsync()).Respond(coding), Compressed.Of(coding, new byte[64 * MiB]));
        Assert.Equal(-32005, (int)JObject.Parse(await http.AnswerAsync(2)).SelectToken("error.code")!);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task A_cut_body_is_an_error_and_its_place_is_free(string coding)
    {
        var http = Converse(Handler);
        for (var id = 1; id <= 8; id++)
        {
            http.Send(id, "http://a/");
            Feed((await Handler.NextAsync()).Respond(coding), Compressed.Of(coding, new byte[MiB])[..^5]);
            Assert.Equal(Error(id, -32603, "failed to read http/request response body: error decoding response body"), await http.AnswerAsync(id));
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task A_stream_carries_decoded_bytes_as_they_come_and_ends_with_the_error_of_a_cut(string coding)
    {
        var http = Converse(Handler);
        http.Stream(1, "http://a/");
        var body = (await Handler.NextAsync()).Respond(coding);
        await http.AnswerAsync(1);
        foreach (var (text, seq) in new[] { ("one", 1), ("two", 2) })
        {
            body.Feed(Compressed.Of(coding, Encoding.ASCII.GetBytes(text)));
            Assert.Equal(HttpConversation.Delta("s", seq, text), await http.DeltaAsync());
            http.Admit();
        }

        body.Feed(Compressed.Of(coding, "three"u8.ToArray())[..9]);
        body.End();
        Assert.Equal(HttpConversation.Delta("s", 3, "", done: true, error: "error decoding response body"), await http.DeltaAsync());
        await body.DisposedAsync();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task A_stream_is_not_decoded_while_its_client_does_not_take_it(string coding)
    {
        var http = Converse(Handler);
        http.Stream(1, "http://a/");
        var body = (await Handler.NextAsync()).Respond(coding);
        var compressed = Compressed.Of(coding, new byte[64 * MiB]);
        foreach (var piece in compressed.Chunk(1000))
        {
            body.Feed(piece);
        }

        await http.AnswerAsync(1);
        for (var delta = 1; delta <= 3; delta++)
        {
            var bytes = Convert.FromBase64String((string)JObject.Parse(await http.DeltaAsync())["params"]!["deltaBase64"]!);
            Assert.InRange(bytes.Length, 1, DeltaBytes);
            await SettledAsync(http);
            await http.NothingAsync();
            Assert.InRange(body.BytesRead, 1, 32 * 1024);
            http.Admit();
        }

        http.Cancel(2, "s");
        var (rest, error, _) = await RestAsync(http);
        Assert.Equal("cancelled", error);
        Assert.InRange(rest, 0, 4 * DeltaBytes);
    }

    private static async Task<(long Bytes, string? Error, int Deltas)> RestAsync(HttpConversation http)
    {
        var bytes = 0L;
        for (var deltas = 1; ; deltas++)
        {
            var delta = JObject.Parse(await http.DeltaAsync())["params"]!;
            bytes += Convert.FromBase64String((string)delta["deltaBase64"]!).Length;
            http.Admit();
            if ((bool)delta["done"]!)
            {
                return (bytes, (string?)delta["error"], deltas);
            }
        }
    }

    private static void Feed(ScriptedBody body, byte[] bytes)
    {
        body.Feed(bytes);
        body.End();
    }

    private async Task RespondAsync(string response)
    {
        var connection = await Server.AcceptAsync();
        await connection.RequestAsync();
        await connection.SendAsync(response);
    }
}
