using System.Text;

using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>Against a server as they are.</summary>
public sealed class KestrelTests(KestrelUpstream upstream) : HttpTest, IClassFixture<KestrelUpstream>
{
    [Fact]
    public async Task A_body_goes_there_and_back()
    {
        var http = Converse();
        var body = string.Concat(Enumerable.Range(0, 300_000).Select(i => (char)(i * 31 % 256)));
        http.Send(1, $"{upstream.Plain}/echo", $",\"bodyBase64\":\"{HttpConversation.Base64(body)}\"", "POST");

        Assert.Equal(body, await http.BodyAsync(1));
    }

    [Fact]
    public async Task A_chunked_body_arrives_whole_in_one_piece_and_as_a_stream()
    {
        var expected = string.Concat(Enumerable.Range(0, 500).Select(i => $"piece {i};"));
        var http = Converse();
        http.Send(1, $"{upstream.Plain}/chunked?n=500");
        Assert.Equal(expected, await http.BodyAsync(1));

        http.Stream(2, $"{upstream.Plain}/chunked?n=500");
        var (bytes, error, _) = await http.DrainAsync();
        Assert.Equal((expected, null), (Encoding.ASCII.GetString(bytes), error));
    }

    [Fact]
    public async Task A_large_stream_keeps_one_notification_out()
    {
        const int Length = 20_000_000;
        var http = Converse();
        http.Stream(1, $"{upstream.Plain}/zeros?n={Length}");
        await http.AnswerAsync(1);
        await http.DeltaAsync();
        await SettledAsync(http);
        await http.NothingAsync();
        http.Rewind();

        var (bytes, error, deltas) = await http.DrainAsync();
        Assert.Equal((Length, null), (bytes.Length, error));
        Assert.InRange(deltas, Length / (256 * 1024), 5_000);
    }

    [Fact]
    public async Task Many_and_huge_headers_arrive()
    {
        var http = Converse();
        http.Send(1, $"{upstream.Plain}/headers?n=300");

        var headers = (await http.ResultAsync(1))["headers"]!.Where(header => ((string)header["name"]!).StartsWith("x-", StringComparison.Ordinal)).ToList();
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"x-{i}"), headers.Select(header => (string)header["name"]!), StringComparer.Ordinal);
        Assert.All(headers, header => Assert.Equal(1000, ((string)header["value"]!).Length));
    }

    [Theory]
    [InlineData("GET", "/empty", 204)]
    [InlineData("HEAD", "/zeros?n=1000", 200)]
    [InlineData("GET", "/nothing", 404)]
    public async Task Without_a_body_it_is_empty(string method, string path, int status)
    {
        var http = Converse();
        http.Send(1, upstream.Plain + path, method: method);
        http.Send(2, upstream.Plain + path, ",\"streamResponse\":true", method, "s");

        var result = await http.ResultAsync(1);
        Assert.Equal((status, ""), ((int)result["status"]!, (string)result["bodyBase64"]!));
        Assert.Equal(status, (int)(await http.ResultAsync(2))["status"]!);
        Assert.Equal(HttpConversation.Delta("s", 1, "", done: true), await http.DeltaAsync());
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_is_a_failure_to_send()
    {
        var http = Converse();

        Assert.Equal(SendFailed(1, $"{upstream.Secure}/empty"), await http.AskAsync(1, $"{upstream.Secure}/empty"));
    }

    [Fact]
    public async Task A_slow_server_holds_up_nobody_else_and_learns_that_its_client_left()
    {
        var http = Converse();
        http.Stream(1, $"{upstream.Plain}/forever");
        await http.AnswerAsync(1);
        Assert.Equal(HttpConversation.Delta("s", 1, "tick"), await http.DeltaAsync());
        http.Send(2, $"{upstream.Plain}/empty");
        await http.ResultAsync(2);

        http.Cancel(3, "s");
        Assert.Equal(HttpConversation.Delta("s", 2, "", done: true, "cancelled"), await http.DeltaAsync());
        Assert.Equal(Wire.Result(3, "{}"), await http.AnswerAsync(3));
        await upstream.AbortedAsync();
    }

    [Fact]
    public async Task Many_requests_at_once_all_get_their_own()
    {
        var http = Converse();
        for (var id = 1; id <= 200; id++)
        {
            http.Send(id, $"{upstream.Plain}/echo", $",\"bodyBase64\":\"{HttpConversation.Base64($"body {id}")}\"", "POST", $"r{id}");
        }

        for (var id = 1; id <= 200; id++)
        {
            Assert.Equal($"body {id}", await http.BodyAsync(id));
        }
    }
}
