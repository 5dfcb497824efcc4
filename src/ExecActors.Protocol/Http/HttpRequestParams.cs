using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>http/request</c>, of the right shape; whether they make sense is <see cref="HttpCall"/>'s question.</summary>
/// <param name="Method">An HTTP method, sent as it is written.</param>
/// <param name="Url">An absolute <c>http</c> or <c>https</c> URL.</param>
/// <param name="RequestId">The client's name for the request, any text; unique among its streams.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy), ItemNullValueHandling = NullValueHandling.Ignore)]
public sealed record HttpRequestParams(string Method, string Url, string RequestId)
{
    /// <summary>The headers, in their order and with repetitions.</summary>
    public IReadOnlyList<HttpHeader> Headers { get; init; } = [];

    /// <summary>
    /// The body, still in base64, see <see cref="Base64Chunk"/>; null for none. When decoded, a slice of the frame given to
    /// <see cref="TryDecode"/>: it lives as long as the frame does. A copy only if the JSON string held an escape.
    /// </summary>
    [JsonConverter(typeof(Base64TextConverter))]
    public ReadOnlyMemory<byte>? BodyBase64 { get; init; }

    /// <summary>One deadline for the whole exchange with its body, in milliseconds; null for none, 0 fails at once.</summary>
    public ulong? TimeoutMs { get; init; }

    /// <summary>What is done with a redirect.</summary>
    public HttpRedirectPolicy RedirectPolicy { get; init; }

    /// <summary>Whether the body comes as notifications behind the answer.</summary>
    public bool StreamResponse { get; init; }

    /// <summary>Reads the params slice of a scanned frame; empty when the message has none. The base64 itself is not looked at.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">Why they are refused, always <see cref="ErrorCodes.InvalidParams"/>.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out HttpRequestParams? value, out RpcError error)
    {
        var reader = new ByteFieldReader(paramsJson);
        value = Read(ref reader);
        error = reader.Error ?? default;
        return value is not null;
    }

    private static HttpRequestParams? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct HttpRequestParams"))
        {
            return null;
        }

        var seen = default(Members);
        while (fields.NextMember())
        {
            seen.Read(ref fields);
        }

        fields.Require(seen.Method is not null, "method");
        fields.Require(seen.Url is not null, "url");
        fields.Require(seen.RequestId is not null, "requestId");
        return fields.Error is not null ? null : new(seen.Method!, seen.Url!, seen.RequestId!)
        {
            Headers = seen.Headers ?? [],
            BodyBase64 = seen.Body,
            TimeoutMs = seen.TimeoutMs,
            RedirectPolicy = seen.Redirects,
            StreamResponse = seen.Streams,
        };
    }

    /// <summary>The members met so far.</summary>
    private struct Members
    {
        public string? Method;
        public string? Url;
        public string? RequestId;
        public List<HttpHeader>? Headers;
        public ReadOnlyMemory<byte>? Body;
        public ulong? TimeoutMs;
        public HttpRedirectPolicy Redirects;
        public bool Streams;

        public void Read(ref ByteFieldReader fields)
        {
            if (fields.IsNamed("method"u8))
            {
                Method = fields.String();
            }
            else if (fields.IsNamed("url"u8))
            {
                Url = fields.String();
            }
            else if (fields.IsNamed("requestId"u8))
            {
                RequestId = fields.String();
            }
            else if (fields.IsNamed("headers"u8))
            {
                Headers = ReadHeaders(ref fields);
            }
            else if (fields.IsNamed("bodyBase64"u8))
            {
                Body = fields.BytesOrNull();
            }
            else if (fields.IsNamed("timeoutMs"u8))
            {
                TimeoutMs = fields.IntegerOrNull();
            }
            else if (fields.IsNamed("redirectPolicy"u8))
            {
                Redirects = fields.Variant("follow", "stop") is "stop" ? HttpRedirectPolicy.Stop : HttpRedirectPolicy.Follow;
            }
            else if (fields.IsNamed("streamResponse"u8))
            {
                Streams = fields.Boolean();
            }
            else
            {
                fields.Skip();
            }
        }

        private static List<HttpHeader> ReadHeaders(ref ByteFieldReader fields)
        {
            var headers = new List<HttpHeader>();
            if (fields.EnterArray())
            {
                while (fields.NextElement())
                {
                    if (HttpHeader.Read(ref fields) is { } header)
                    {
                        headers.Add(header);
                    }
                }
            }

            return headers;
        }
    }
}
