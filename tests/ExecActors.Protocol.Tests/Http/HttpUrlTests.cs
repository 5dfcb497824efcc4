using FsCheck.Xunit;

namespace ExecActors.Protocol.Tests.Http;

/// <summary>The reference server's reading of URLs; every row was asked of it.</summary>
public sealed class HttpUrlTests
{
    [Theory]
    [InlineData("http://a:/", "http://a/")]
    [InlineData("http://A.B:80/x", "http://a.b/x")]
    [InlineData("https://A:443", "https://a/")]
    [InlineData("http://a:443", "http://a:443/")]
    [InlineData("http://a:00080/", "http://a/")]
    [InlineData("http://a:0/", "http://a:0/")]
    [InlineData("http://[::1]:1/", "http://[::1]:1/")]
    [InlineData("http://[::127.0.0.1]/", "http://[::7f00:1]/")]
    [InlineData("http://[1:0:0:2::3]/", "http://[1:0:0:2::3]/")]
    [InlineData("http://[1:0:2:0:3:0:4:0]/", "http://[1:0:2:0:3:0:4:0]/")]
    [InlineData("http://[::]/", "http://[::]/")]
    [InlineData("http://[::ffff:1.2.3.4]", "http://[::ffff:102:304]/")]
    [InlineData("http://0x7f000001/", "http://127.0.0.1/")]
    [InlineData("http://017700000001/", "http://127.0.0.1/")]
    [InlineData("http://127.1/", "http://127.0.0.1/")]
    [InlineData("http://1.2.3/", "http://1.2.0.3/")]
    [InlineData("http://4294967295/", "http://255.255.255.255/")]
    [InlineData("http://1.2.3.4./", "http://1.2.3.4/")]
    [InlineData("http://0x/", "http://0.0.0.0/")]
    [InlineData("http://256/", "http://0.0.1.0/")]
    [InlineData("http://255.255.255.255:1/", "http://255.255.255.255:1/")]
    [InlineData("http://0.0.0.0/", "http://0.0.0.0/")]
    [InlineData("http://1.2.3.04/", "http://1.2.3.4/")]
    [InlineData("http://10.20.30.0000/", "http://10.20.30.0/")]
    [InlineData("http://1.2.3.4a/", "http://1.2.3.4a/")]
    [InlineData("http://a.b-1.c2/", "http://a.b-1.c2/")]
    [InlineData("http://a..b/", "http://a..b/")]
    [InlineData("http://a./", "http://a./")]
    [InlineData("http://a_b/", "http://a_b/")]
    [InlineData("http://a!b,c/", "http://a!b,c/")]
    [InlineData("http://-a/", "http://-a/")]
    [InlineData("http://foo.4a/", "http://foo.4a/")]
    [InlineData("http://a%41/", "http://aa/")]
    [InlineData("http://bücher.example/", "http://xn--bcher-kva.example/")]
    [InlineData("http://BÜCHER/", "http://xn--bcher-kva/")]
    [InlineData("http://xn--bcher-kva/", "http://xn--bcher-kva/")]
    [InlineData("  http://a/\t b\n", "http://a/%20b")]
    [InlineData("ht\ntp://a/", "http://a/")]
    [InlineData("HTTP://a/", "http://a/")]
    [InlineData("http://a/%zz%41", "http://a/%zz%41")]
    [InlineData("http://a/?%zz", "http://a/?%zz")]
    [InlineData("http://a/??#", "http://a/??#")]
    [InlineData("http://a?x", "http://a/?x")]
    [InlineData("http://a#x", "http://a/#x")]
    [InlineData(@"http://a\b\..\c", "http://a/c")]
    [InlineData(@"http:\a", "http://a/")]
    [InlineData("http:a", "http://a/")]
    [InlineData("http:/a", "http://a/")]
    [InlineData("http:////a", "http://a/")]
    [InlineData("http://a/./", "http://a/")]
    [InlineData("http://a/..", "http://a/")]
    [InlineData("http://a/b/.", "http://a/b/")]
    [InlineData("http://a/b/c/..", "http://a/b/")]
    [InlineData("http://a/%2E%2e/b/.%2e", "http://a/")]
    [InlineData("http://a/...", "http://a/...")]
    [InlineData("http://a/.b/c.", "http://a/.b/c.")]
    [InlineData("http://a/;x=1", "http://a/;x=1")]
    [InlineData("http://a/b//c//", "http://a/b//c//")]
    [InlineData("http://:@a/", "http://a/")]
    [InlineData("http://u@v@a/", "http://a/")]
    [InlineData("http://a/\"<>`{}|^'()[]~@:$&+,=!*", "http://a/%22%3C%3E%60%7B%7D|^'()[]~@:$&+,=!*")]
    [InlineData("http://a/?\"<>`{}|^'()[]~", "http://a/?%22%3C%3E`{}|^%27()[]~")]
    [InlineData("http://a/#\"<>`{}|^' ", "http://a/#%22%3C%3E%60{}|^'")]
    [InlineData("http://a/é😀?é#é", "http://a/%C3%A9%F0%9F%98%80?%C3%A9#%C3%A9")]
    public void A_URL_gets_its_normal_form(string text, string expected) => Assert.Equal(expected, Accepted(text).ToString());

    [Theory]
    [InlineData("", "http/request url is invalid: relative URL without a base")]
    [InlineData("nope", "http/request url is invalid: relative URL without a base")]
    [InlineData("//x/", "http/request url is invalid: relative URL without a base")]
    [InlineData("/x", "http/request url is invalid: relative URL without a base")]
    [InlineData("1:x", "http/request url is invalid: relative URL without a base")]
    [InlineData(":x", "http/request url is invalid: relative URL without a base")]
    [InlineData("http://", "http/request url is invalid: empty host")]
    [InlineData("http://u:p@/", "http/request url is invalid: empty host")]
    [InlineData("http://@/", "http/request url is invalid: empty host")]
    [InlineData("http://:80/", "http/request url is invalid: empty host")]
    [InlineData("http://?x", "http/request url is invalid: empty host")]
    [InlineData("http://[::1", "http/request url is invalid: invalid IPv6 address")]
    [InlineData("http://[::1]x/", "http/request url is invalid: invalid IPv6 address")]
    [InlineData("http://[1:2]/", "http/request url is invalid: invalid IPv6 address")]
    [InlineData("http://[FE80::1%25eth0]/", "http/request url is invalid: invalid IPv6 address")]
    [InlineData("http://a b/", "http/request url is invalid: invalid international domain name")]
    [InlineData("http://a|b/", "http/request url is invalid: invalid international domain name")]
    [InlineData("http://a^b/", "http/request url is invalid: invalid international domain name")]
    [InlineData("http://a%zz/", "http/request url is invalid: invalid international domain name")]
    [InlineData("http://%41%2f/", "http/request url is invalid: invalid international domain name")]
    [InlineData("http://%00/", "http/request url is invalid: invalid international domain name")]
    [InlineData("http://xn--/", "http/request url is invalid: invalid international domain name")]
    [InlineData("http://xn--zzzzz-/", "http/request url is invalid: invalid international domain name")]
    [InlineData("http://a.xn--zzzzz-/", "http/request url is invalid: invalid international domain name")]
    [InlineData("http://a:65536/", "http/request url is invalid: invalid port number")]
    [InlineData("http://a:99999999999/", "http/request url is invalid: invalid port number")]
    [InlineData("http://a:-1/", "http/request url is invalid: invalid port number")]
    [InlineData("http://a:8a/", "http/request url is invalid: invalid port number")]
    [InlineData("http://1.2.3.4.5/", "http/request url is invalid: invalid IPv4 address")]
    [InlineData("http://256.1.1.1/", "http/request url is invalid: invalid IPv4 address")]
    [InlineData("http://1.2.3.256/", "http/request url is invalid: invalid IPv4 address")]
    [InlineData("http://1.2.3.0x100", "http/request url is invalid: invalid IPv4 address")]
    [InlineData("http://1.2.3.1000/", "http/request url is invalid: invalid IPv4 address")]
    [InlineData("http://.1.2.3/", "http/request url is invalid: invalid IPv4 address")]
    [InlineData("http://4294967296/", "http/request url is invalid: invalid IPv4 address")]
    [InlineData("http://09/", "http/request url is invalid: invalid IPv4 address")]
    [InlineData("http://foo.09/", "http/request url is invalid: invalid IPv4 address")]
    [InlineData("http://foo.0x4/", "http/request url is invalid: invalid IPv4 address")]
    [InlineData("http://1..2/", "http/request url is invalid: invalid IPv4 address")]
    [InlineData("ftp://x/", "http/request only supports http and https URLs, got ftp")]
    [InlineData("File:///x", "http/request only supports http and https URLs, got file")]
    [InlineData("data:x", "http/request only supports http and https URLs, got data")]
    [InlineData("a:", "http/request only supports http and https URLs, got a")]
    public void A_bad_URL_is_refused(string text, string message)
    {
        Assert.False(HttpUrl.TryParse(text, out var url, out var error));
        Assert.Null(url);
        Assert.Equal(Protocol.Errors.InvalidParams(message), error);
    }

    [Fact]
    public void The_parts_are_what_a_request_needs()
    {
        var url = Accepted("https://us%20er:p:w@B.c:8443/p?q#f");

        Assert.Equal(
            (true, "https", "b.c", 8443, "/p", "?q", "#f", "b.c:8443", "https://b.c:8443", "/p?q", "us er:p:w"),
            (url.IsSecure, url.Scheme, url.Host, url.Port, url.Path, url.Query, url.Fragment, url.Authority, url.Origin, url.PathAndQuery, Wire.Text(url.UserInfo)));
        Assert.Null(Accepted("http://a/").UserInfo);
        Assert.Null(Accepted("http://:@a/").UserInfo);
    }

    [Property(MaxTest = 2000)]
    public void Any_text_is_read_or_refused_and_a_normal_form_stays(string text, string location)
    {
        foreach (var candidate in new[] { text ?? "", $"http://a/{text}", $"http://{text}" })
        {
            if (!HttpUrl.TryParse(candidate, out var url, out var error))
            {
                Assert.StartsWith("http/request ", error.Message, StringComparison.Ordinal);
                continue;
            }

            Assert.Equal(url.ToString(), Accepted(url.ToString()).ToString());
            Assert.False(url.PathAndQuery.AsSpan().ContainsAnyExceptInRange('!', '~'));
            if (url.Resolve(location ?? "", out var scheme) is { } next)
            {
                Assert.Null(scheme);
                Assert.Equal(next.ToString(), url.Resolve(next.ToString(), out _)!.ToString());
            }
        }
    }

    private static HttpUrl Accepted(string text)
    {
        Assert.True(HttpUrl.TryParse(text, out var url, out var error), error.Message);
        return url;
    }
}
