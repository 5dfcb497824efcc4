namespace ExecActors.Protocol.Tests.Http;

public sealed class HttpCallTests
{
    private static readonly Dictionary<string, string> s_variables = new(StringComparer.Ordinal) { ["TOKEN"] = "s3", ["EMPTY"] = "", ["BAD"] = "a\nb" };

    [Fact]
    public void Names_are_in_lower_case_and_variables_are_put_in()
    {
        var request = new HttpRequestParams("custom", "http://A/x", "r")
        {
            Headers = [new("X-A", " 1\té ", null), new("x-a", "", "TOKEN"), new("Authorization", "Bearer ", "TOKEN"), new("e", "", "EMPTY")],
        };

        Assert.True(HttpCall.TryMake(request, s_variables, out var call, out var error), error.Message);
        Assert.Equal(("custom", "http://a/x"), (call.Method, call.Url.ToString()));
        Assert.Equal(["x-a", "authorization", "e"], call.SecretNames);
        Assert.Equal([new("x-a", " 1\té "), new("x-a", "s3"), new("authorization", "Bearer s3"), new HttpHeaderLine("e", "")], call.Headers);
    }

    [Theory]
    [InlineData("", "http://a/", "a", "", null, "http/request method is invalid: invalid HTTP method")]
    [InlineData("A B", "nope", "bad name", "", null, "http/request method is invalid: invalid HTTP method")]
    [InlineData("aé", "http://a/", "a", "", null, "http/request method is invalid: invalid HTTP method")]
    [InlineData("(x)", "http://a/", "a", "", null, "http/request method is invalid: invalid HTTP method")]
    [InlineData("GET", "nope", "bad name", "", null, "http/request url is invalid: relative URL without a base")]
    [InlineData("GET", "http://a/", "bad name", "a\nb", "NO", "http/request header name is invalid: invalid HTTP header name")]
    [InlineData("GET", "http://a/", "", "", null, "http/request header name is invalid: invalid HTTP header name")]
    [InlineData("GET", "http://a/", "X-Ok", "a\nb", "NO", "http/request header X-Ok requires executor environment variable NO")]
    [InlineData("GET", "http://a/", "X-Ok", "", "", "http/request header X-Ok requires executor environment variable ")]
    [InlineData("GET", "http://a/", "X-Ok", "a\nb", null, "http/request header value is invalid for X-Ok: failed to parse header value")]
    [InlineData("GET", "http://a/", "X-Ok", "a\u007fb", null, "http/request header value is invalid for X-Ok: failed to parse header value")]
    [InlineData("GET", "http://a/", "X-Ok", "\0", null, "http/request header value is invalid for X-Ok: failed to parse header value")]
    [InlineData("GET", "http://a/", "X-Ok", "\u0001", null, "http/request header value is invalid for X-Ok: failed to parse header value")]
    [InlineData("GET", "http://a/", "X-Ok", "", "BAD", "http/request header value is invalid for X-Ok: failed to parse header value")]
    public void The_first_thing_wrong_is_told(string method, string url, string name, string value, string? variable, string message)
    {
        var request = new HttpRequestParams(method, url, "r") { Headers = [new(name, value, variable)] };

        Assert.False(HttpCall.TryMake(request, s_variables, out var call, out var error));
        Assert.Null(call);
        Assert.Equal(Protocol.Errors.InvalidParams(message), error);
    }

    [Fact]
    public void A_name_may_be_long_but_not_endless()
    {
        Assert.True(HttpCall.TryMake(Named(65_535), s_variables, out _, out _));
        Assert.False(HttpCall.TryMake(Named(65_536), s_variables, out _, out _));

        static HttpRequestParams Named(int length) => new("GET", "http://a/", "r") { Headers = [new(new string('a', length), "")] };
    }
}
