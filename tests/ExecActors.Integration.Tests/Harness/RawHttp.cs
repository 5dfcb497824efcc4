using System.Globalization;
using System.Net;
using System.Text;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>An HTTP/1.1 answer, header names in lower case, repeated ones joined with a comma.</summary>
public sealed record HttpAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>A header's value, or null.</summary>
    public string? this[string name] => Headers.GetValueOrDefault(name);
}

/// <summary>HTTP written by hand, so that nothing is added to a request or hidden from an answer.</summary>
public static class RawHttp
{
    /// <summary>The headers that ask for the upgrade.</summary>
    public static IReadOnlyDictionary<string, string> UpgradeHeaders { get; } = new Dictionary<string, string>
    {
        ["Connection"] = "Upgrade",
        ["Upgrade"] = "websocket",
        ["Sec-WebSocket-Version"] = "13",
        ["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ==",
    };

    /// <summary>One request on its own connection.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="method">For instance <c>GET</c>.</param>
    /// <param name="path">With query.</param>
    /// <param name="headers">Besides <c>Host</c>, which is the server's address unless given here.</param>
    public static async Task<HttpAnswer> SendAsync(IPEndPoint server, string method, string path, IReadOnlyDictionary<string, string>? headers = null)
    {
        using var connection = await ByteConnection.ConnectAsync(server);
        await connection.SendAsync(Request(server, method, path, headers));
        return await Patience.ForAsync(ReadAnswerAsync(connection, hasBody: method != "HEAD"), () => $"the answer to {method} {path}");
    }

    /// <summary>The bytes of a request without body.</summary>
    public static byte[] Request(IPEndPoint server, string method, string path, IReadOnlyDictionary<string, string>? headers = null)
    {
        var request = new StringBuilder($"{method} {path} HTTP/1.1\r\n");
        if (headers?.ContainsKey("Host") != true)
        {
            request.Append(CultureInfo.InvariantCulture, $"Host: {server}\r\n");
        }

        if (headers?.ContainsKey("Connection") != true)
        {
            request.Append("Connection: close\r\n");
        }

        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            request.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        return Encoding.UTF8.GetBytes(request.Append("\r\n").ToString());
    }

    /// <summary>Reads the status line, the headers and the body. An upgrade's answer ends with its headers.</summary>
    public static async Task<HttpAnswer> ReadAnswerAsync(ByteConnection connection, bool hasBody = true)
    {
        var line = await connection.ReadLineAsync() ?? throw new IOException("the server closed the connection instead of answering");
        var status = int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await connection.ReadLineAsync() is { Length: > 0 } header)
        {
            var name = header[..header.IndexOf(':', StringComparison.Ordinal)].ToLowerInvariant();
            var value = header[(name.Length + 1)..].Trim();
            headers[name] = headers.TryGetValue(name, out var before) ? $"{before},{value}" : value;
        }

        if (status == 101 || !hasBody)
        {
            return new HttpAnswer(status, headers, "");
        }

        var body = headers.TryGetValue("content-length", out var length)
            ? await connection.ReadExactlyAsync(int.Parse(length, CultureInfo.InvariantCulture)) ?? throw new IOException("the answer's body was cut")
            : await connection.ReadToEndAsync();
        return new HttpAnswer(status, headers, Encoding.UTF8.GetString(body));
    }
}
