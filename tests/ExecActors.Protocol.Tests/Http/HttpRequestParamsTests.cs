using ExecActors.Protocol.Tests.Envelopes;

using FsCheck.Xunit;

namespace ExecActors.Protocol.Tests.Http;

public sealed class HttpRequestParamsTests
{
    [Fact]
    public void Every_member_is_read_and_the_body_is_a_slice_of_the_frame()
    {
        var json = Wire.Utf8("""{"method":"POST","url":"http://a/","requestId":"r\n","headers":[{"name":"A","value":"1","x":[]},{"value":"2","name":"a","valueEnvVar":"V"},{"name":"b","value":"","valueEnvVar":null}],"bodyBase64":"eHk=","timeoutMs":18446744073709551615,"redirectPolicy":"stop","streamResponse":true,"more":{"url":5}}""");

        Assert.True(HttpRequestParams.TryDecode(json, out var request, out var error), error.Message);

        Assert.Equal(("POST", "http://a/", "r\n", ulong.MaxValue, HttpRedirectPolicy.Stop, true), (request.Method, request.Url, request.RequestId, request.TimeoutMs, request.RedirectPolicy, request.StreamResponse));
        Assert.Equal([new("A", "1"), new("a", "2", "V"), new HttpHeader("b", "")], request.Headers);
        Assert.Equal("eHk=", Wire.Text(request.BodyBase64!.Value));
        Assert.True(json.AsSpan().Overlaps(request.BodyBase64.Value.Span));
    }

    [Theory]
    [InlineData("""{"method":"","url":"","requestId":""}""")]
    [InlineData("""{"method":"","url":"","requestId":"","headers":[],"bodyBase64":null,"timeoutMs":null,"redirectPolicy":"follow","streamResponse":false}""")]
    public void What_may_be_absent_has_a_default(string json)
    {
        var request = Accepted(json);

        Assert.Equal(("", "", "", null, HttpRedirectPolicy.Follow, false), (request.Method, request.Url, request.RequestId, request.TimeoutMs, request.RedirectPolicy, request.StreamResponse));
        Assert.Empty(request.Headers);
        Assert.Null(request.BodyBase64);
    }

    [Theory]
    [InlineData("", "invalid type: null, expected struct HttpRequestParams")]
    [InlineData("5", "invalid type: number, expected struct HttpRequestParams")]
    [InlineData("""{"url":"","requestId":""}""", "missing field `method`")]
    [InlineData("""{"method":"","requestId":""}""", "missing field `url`")]
    [InlineData("""{"method":"","url":""}""", "missing field `requestId`")]
    [InlineData("""{"requestId":5}""", "invalid type: number, expected a string")]
    [InlineData("""{"url":null}""", "invalid type: null, expected a string")]
    [InlineData("""{"timeoutMs":-1}""", "invalid number")]
    [InlineData("""{"timeoutMs":1.5}""", "invalid number")]
    [InlineData("""{"timeoutMs":"1"}""", "invalid type: string \"1\", expected u64")]
    [InlineData("""{"streamResponse":null}""", "invalid type: null, expected a boolean")]
    [InlineData("""{"redirectPolicy":null}""", "invalid type: null, expected string or map")]
    [InlineData("""{"redirectPolicy":5}""", "invalid type: number, expected string or map")]
    [InlineData("""{"redirectPolicy":"zz"}""", "unknown variant `zz`, expected `follow` or `stop`")]
    [InlineData("""{"headers":null}""", "invalid type: null, expected a sequence")]
    [InlineData("""{"headers":{}}""", "invalid type: map, expected a sequence")]
    [InlineData("""{"headers":[5]}""", "invalid type: number, expected struct HttpHeader")]
    [InlineData("""{"headers":[{"name":"x"}]}""", "missing field `value`")]
    [InlineData("""{"headers":[{"value":"x"}]}""", "missing field `name`")]
    [InlineData("""{"headers":[{"name":5}]}""", "invalid type: number, expected a string")]
    [InlineData("""{"headers":[{"name":"a","value":"b","valueEnvVar":5}]}""", "invalid type: number, expected a string")]
    [InlineData("""{"bodyBase64":5}""", "invalid type: number, expected a string")]
    public void Bad_params_are_refused(string json, string message) =>
        Assert.Equal(message, Wire.Refusal<HttpRequestParams>(HttpRequestParams.TryDecode, json));

    [Property]
    public void What_is_written_is_read_again(string method, string url, string requestId, string[] headers, byte[]? body, ulong? timeout, bool stops, bool streams)
    {
        var request = new HttpRequestParams(Unicode.Valid(method), Unicode.Valid(url), Unicode.Valid(requestId))
        {
            Headers = [.. headers.Select((text, i) => new HttpHeader(Unicode.Valid(text), $"{i}", i % 2 == 0 ? null : Unicode.Valid(text)))],
            BodyBase64 = body is null ? null : Wire.Utf8(Convert.ToBase64String(body)),
            TimeoutMs = timeout,
            RedirectPolicy = stops ? HttpRedirectPolicy.Stop : HttpRedirectPolicy.Follow,
            StreamResponse = streams,
        };
        var json = Wire.Text(Wire.Serialized(request));

        foreach (var again in new[] { Accepted(json), Wire.Deserialized<HttpRequestParams>(json) })
        {
            Assert.Equal(request.Headers, again.Headers);
            Assert.Equal(request.BodyBase64 is { } sent ? Wire.Text(sent) : null, again.BodyBase64 is { } read ? Wire.Text(read) : null);
            Assert.Equal(request, again with { Headers = request.Headers, BodyBase64 = request.BodyBase64 });
        }
    }

    [Property(MaxTest = 1000)]
    public void Any_JSON_is_accepted_or_refused_with_a_text(int seed, byte[] noise)
    {
        var json = new RandomJson(seed);
        string[] names = ["method", "url", "requestId", "headers", "bodyBase64", "timeoutMs", "redirectPolicy", "streamResponse", "name", "value"];
        var members = Wire.Utf8($"{{{string.Join(',', names.Where(_ => json.Random.Next(3) == 0).Select(name => $"\"{name}\":{json.Value(3)}"))}}}");
        var whole = Wire.Utf8($"{{\"method\":\"a\",\"url\":\"b\",\"headers\":[{{\"name\":\"a\",\"value\":\"b\"}}],\"requestId\":\"c\",\"x\":{json.Value(3)}}}");
        whole[json.Random.Next(whole.Length)] = (byte)json.Random.Next(256);

        foreach (var bytes in new[] { members, whole, whole[..json.Random.Next(whole.Length)], noise })
        {
            Assert.Equal(HttpRequestParams.TryDecode(bytes, out _, out var request), string.IsNullOrEmpty(request.Message));
            Assert.Equal(HttpCancelParams.TryDecode(bytes, out _, out var cancel), string.IsNullOrEmpty(cancel.Message));
        }
    }

    [Theory]
    [InlineData("", "invalid type: null, expected struct HttpCancelParams")]
    [InlineData("{}", "missing field `requestId`")]
    [InlineData("""{"requestId":5}""", "invalid type: number, expected a string")]
    public void Bad_params_of_a_cancel_are_refused(string json, string message) =>
        Assert.Equal(message, Wire.Refusal<HttpCancelParams>(HttpCancelParams.TryDecode, json));

    [Fact]
    public void A_cancel_names_its_request() =>
        Assert.Equal(new HttpCancelParams("r"), Wire.Accepted<HttpCancelParams>(HttpCancelParams.TryDecode, """{"x":1,"requestId":"r"}"""));

    private static HttpRequestParams Accepted(string json) => Wire.Accepted<HttpRequestParams>(HttpRequestParams.TryDecode, json);
}
