using System.Text;

using ExecActors.Protocol;
using ExecActors.Runtime.Http;

using FsCheck.Xunit;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>However the handler cuts what it writes, the other side gets the same.</summary>
public sealed class RequestHeadStreamTests
{
    private static readonly (string Written, string Sent)[] s_requests =
    [
        (Head("GET", "GET", [("x-a", "1"), ("x-a", "2")]), "GET /p HTTP/1.1\r\nx-a: 1\r\nx-a: 2\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: a\r\n\r\n"),
        (Head("GET", "put", [("host", "b"), ("content-length", "9")], body: "\r\n\r\nPUT / HTTP/1.1\r\n\r\n"), "put /p HTTP/1.1\r\nhost: b\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\ncontent-length: 22\r\n\r\n\r\n\r\nPUT / HTTP/1.1\r\n\r\n"),
        (Head("GET", "POST", [("content-length", "0")], body: ""), "POST /p HTTP/1.1\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: a\r\ncontent-length: 0\r\n\r\n"),
        ("GET / HTTP/1.1\r\nHost: plain\r\nX-Odd:\r\n\r\n", "GET / HTTP/1.1\r\nhost: plain\r\nx-odd:\r\n\r\n"),
        (Head("HEAD", "HEAD", [("x-u", "é")]), "HEAD /p HTTP/1.1\r\nx-u: é\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: a\r\n\r\n"),
    ];

    [Property(MaxTest = 300)]
    public async Task Any_split_of_the_bytes_gives_the_same(int[] cuts, bool synchronously)
    {
        var written = Encoding.UTF8.GetBytes(string.Concat(s_requests.Select(request => request.Written)));

        Assert.Equal(string.Concat(s_requests.Select(request => request.Sent)), await WrittenAsync(written, cuts, synchronously));
    }

    [Property(MaxTest = 100)]
    public async Task Nothing_in_a_tunnel_is_touched(int[] cuts, bool synchronously)
    {
        var rest = string.Concat(s_requests.Select(request => request.Written));
        var written = Encoding.UTF8.GetBytes("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\nProxy-Authorization: x\r\n\r\n" + rest);

        Assert.Equal("CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\nproxy-authorization: x\r\n\r\n" + rest, await WrittenAsync(written, cuts, synchronously));
    }

    private static async Task<string> WrittenAsync(byte[] bytes, int[] cuts, bool synchronously)
    {
        using var inner = new MemoryStream();
        using var stream = new RequestHeadStream(inner);
        var places = cuts.Select(cut => (int)((uint)cut % bytes.Length)).Append(bytes.Length).Order();
        var at = 0;
        foreach (var place in places)
        {
            var piece = bytes.AsMemory(at, place - at);
            if (synchronously)
            {
                stream.Write(piece.Span);
            }
            else
            {
                await stream.WriteAsync(piece);
            }

            at = place;
        }

        return Encoding.UTF8.GetString(inner.ToArray());
    }

    /// <summary>As the handler writes it.</summary>
    private static string Head(string handlers, string method, (string Name, string Value)[] headers, string? body = null)
    {
        Assert.True(HttpUrl.TryParse("http://a/p", out var url, out _));
        var hop = new HttpHop(method, url, [.. headers.Select(header => new HttpHeaderLine(header.Name, header.Value))], Encoding.UTF8.GetBytes(body ?? ""));
        var length = body is null ? "" : $"Content-Length: {body.Length}\r\n";
        return $"{handlers} /p HTTP/1.1\r\nHost: a\r\n{RequestHead.Carrier}: {RequestHead.CarrierValue(hop, proxyAuthorization: null)}\r\n{length}\r\n{body}";
    }
}
