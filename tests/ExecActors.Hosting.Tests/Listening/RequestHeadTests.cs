using System.Text;
using ExecActors.Hosting.Listening;
using Microsoft.Extensions.Primitives;

namespace ExecActors.Hosting.Tests.Listening;

public sealed class RequestHeadTests
{
    private const string Host = "Host: 127.0.0.1\r\n";

    [Fact]
    public void A_head_is_read_once_it_is_whole_and_what_follows_is_left()
    {
        var bytes = Encoding.Latin1.GetBytes($"\r\nGET /a%20b?x=/y HTTP/1.1\r\n{Host}X-One:  a \t\r\nx-one: b\r\nEmpty:\r\nNon-Ascii: \u00E9\r\n\r\nrest");
        for (var length = 0; length < bytes.Length - 4; length++)
        {
            Assert.Equal(0, RequestHead.Read(bytes.AsSpan(0, length), out var early, out var refused));
            Assert.True(early is null && refused is null, $"at {length}");
        }

        var used = RequestHead.Read(bytes, out var head, out var refusal);

        Assert.Equal((bytes.Length - 4, null), (used, refusal));
        Assert.Equal(("GET", "/a%20b", true), (head!.Method, head.Path, head.IsHttp11));
        Assert.Equal(new StringValues(["a", "b"]), head["X-ONE"]);
        Assert.Equal(("", "\u00E9", "127.0.0.1"), ((string?)head["empty"], (string?)head["non-ascii"], (string?)head["host"]));
        Assert.Equal((true, false, true, false), (head.Has("EMPTY"), head.Has("x"), head.KeepsAlive, head.HasBody));
    }

    [Theory]
    [InlineData("GET http://a.example:80/x?y HTTP/1.1\r\nHost: b.example\r\n\r\n", "/x", "a.example:80")]
    [InlineData("GET http://a.example HTTP/1.1\r\nHost: b.example\r\n\r\n", "/", "a.example")]
    [InlineData("GET http://a.example?y HTTP/1.1\r\nHost: b.example\r\n\r\n", "/", "a.example")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: b.example\r\n\r\n", "*", "b.example")]
    public void The_target_may_have_other_forms(string text, string path, string host)
    {
        var head = Read(text);

        Assert.Equal((path, host), (head.Path, (string?)head["Host"]));
    }

    [Theory]
    [InlineData("", true, false)]
    [InlineData("Connection: close\r\n", false, false)]
    [InlineData("Connection: x, CLOSE\r\n", false, false)]
    [InlineData("Content-Length: 0\r\n", true, false)]
    [InlineData("Content-Length: 1\r\n", false, true)]
    [InlineData("Content-Length: 00\r\n", true, false)]
    [InlineData("Content-Length: \t9223372036854775807 \r\n", false, true)]
    [InlineData("Transfer-Encoding: Chunked\r\n", false, true)]
    public void A_connection_is_used_again_unless_there_is_a_body_or_somebody_does_not_want_to(string headers, bool keepsAlive, bool hasBody)
    {
        var head = Read($"POST / HTTP/1.1\r\n{Host}{headers}\r\n");

        Assert.Equal((keepsAlive, hasBody), (head.KeepsAlive, head.HasBody));
    }

    [Fact]
    public void Version_1_0_needs_no_host_and_keeps_nothing_alive()
    {
        var head = Read("GET / HTTP/1.0\r\n\r\n");

        Assert.Equal((false, false), (head.IsHttp11, head.KeepsAlive));
    }

    [Theory]
    [InlineData("\u0016\u0003\u0001", 400)]
    [InlineData("GET\r\n\r\n", 400)]
    [InlineData("GET /\r\n\r\n", 400)]
    [InlineData(" / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET x HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /\u00E9 HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /\r HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET a.example:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("CONNECT a.example:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET http:/// HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET http:// HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET http://:80/ HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET http://?x HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET http://localhost:x@evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET http://localhost@evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET http://u:p@localhost/ HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET http://localhost:x/ HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET http://localhost:99999/ HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET http://[::1].evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET http://[::1/ HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET http://local\\host/ HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET http://a/ HTTP/1.1\r\nHost: b:x\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: [::1].evil.example\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost:evil.example\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: \u00E9\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505)]
    [InlineData("GET / HTTP/0.9\r\n\r\n", 505)]
    [InlineData("GET / HTTP/1.\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/x.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / http/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n folded\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n: 1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: 1\n2\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r2\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: \u001B[0m\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: \u007F\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n X: 1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX\u00E9: 1\r\n\r\n", 400)]
    [InlineData("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\nHost: a\n\n", 400)]
    [InlineData("GET / HTTP/1.1\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nno colon\r\n", 400)]
    public void What_is_no_request_is_refused(string text, int status)
    {
        Assert.Equal(0, RequestHead.Read(Encoding.Latin1.GetBytes(text), out var head, out var refusal));

        Assert.Equal((null, status), (head, refusal?.Status));
    }

    [Theory]
    [InlineData("Content-Length: abc")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: +0")]
    [InlineData("Content-Length: 0x0")]
    [InlineData("Content-Length: 1, 2")]
    [InlineData("Content-Length: 0, 0")]
    [InlineData("Content-Length: 1 2")]
    [InlineData("Content-Length: 1.0")]
    [InlineData("Content-Length: \u0661")]
    [InlineData("Content-Length: \u00B2")]
    [InlineData("Content-Length:")]
    [InlineData("Content-Length: 99999999999999999999")]
    [InlineData("Content-Length: 9223372036854775808")]
    [InlineData("Content-Length: 0\r\nContent-Length: 5")]
    [InlineData("Content-Length: 0\r\nX: 1\r\ncontent-length: 0")]
    [InlineData("Content-Length: 0\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked, identity")]
    [InlineData("Transfer-Encoding: identity")]
    [InlineData("Transfer-Encoding:")]
    [InlineData("Transfer-Encoding: gzip, chunked", 501)]
    [InlineData("Transfer-Encoding: xchunked", 501)]
    [InlineData("Transfer-Encoding: chunked", 400, "1.0")]
    public void A_length_of_the_body_that_can_be_taken_in_two_ways_is_refused(string headers, int status = 400, string version = "1.1")
    {
        Assert.Equal(0, RequestHead.Read(Encoding.Latin1.GetBytes($"GET /readyz HTTP/{version}\r\n{Host}{headers}\r\n\r\n"), out var head, out var refusal));

        Assert.Equal((null, status), (head, refusal?.Status));
        Assert.NotNull(refusal!.Text);
    }

    [Fact]
    public void A_later_minor_version_is_read_as_1_1() => Assert.True(Read($"GET / HTTP/1.2\r\n{Host}\r\n").IsHttp11);

    [Theory]
    [InlineData("GET /", 414)]
    [InlineData("GET / HTTP/1.1\r\nHost: ", 431)]
    [InlineData("GET", 431)]
    public void What_is_too_long_is_named(string begin, int status)
    {
        var bytes = Encoding.Latin1.GetBytes(begin.PadRight(RequestHead.MaxBytes, 'a'));

        Assert.Equal(0, RequestHead.Read(bytes, out _, out var refusal));

        Assert.Equal(status, refusal?.Status);
    }

    [Fact]
    public void A_head_without_end_is_refused_at_its_bound()
    {
        var bytes = new byte[RequestHead.MaxBytes];
        bytes.AsSpan().Fill((byte)'a');

        Assert.Equal(0, RequestHead.Read(bytes.AsSpan(1), out _, out var tolerated));
        Assert.Equal(0, RequestHead.Read(bytes, out _, out var refusal));

        Assert.Equal((null, 431), (tolerated, refusal?.Status));
    }

    private static RequestHead Read(string text)
    {
        Assert.Equal(text.Length, RequestHead.Read(Encoding.Latin1.GetBytes(text), out var head, out _));
        return head!;
    }
}
