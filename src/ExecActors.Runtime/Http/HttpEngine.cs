using System.Net.Sockets;
using System.Text;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Http;

/// <summary>Sends the HTTP requests of a whole server and keeps its connections to other servers.</summary>
/// <remarks>
/// Made with the server and costs nothing before the first request. Adds nothing to a request and takes nothing from a response: no cookies,
/// no redirects, no decompression (<see cref="HttpReply.Decoded"/> does that). A response that is given up closes its connection at once. Safe for any thread; disposing closes all
/// connections.
/// </remarks>
internal sealed class HttpEngine : IDisposable
{
    private const int LongestResponseHeadKib = 512; // of the order of the reference server's
    private static readonly HttpRequestOptionsKey<CancellationToken> s_givenUp = new("execactors.given-up");

    private readonly Lazy<HttpMessageInvoker> _invoker;
    private readonly EnvironmentProxy? _proxy;
    private readonly bool _needsLibrary;

    /// <summary>On the system's sockets.</summary>
    /// <param name="settings">Bounds.</param>
    /// <param name="variables">The server's environment, which names its proxies.</param>
    public HttpEngine(HttpSettings settings, IReadOnlyDictionary<string, string> variables)
    {
        _proxy = EnvironmentProxy.From(variables);
        _needsLibrary = true;
        _invoker = new Lazy<HttpMessageInvoker>(() => new HttpMessageInvoker(MakeHandler(_proxy)));
        Buffered = new ByteBudget(settings.BufferedBytes);
    }

    /// <summary>On a handler of the caller's.</summary>
    public HttpEngine(HttpSettings settings, HttpMessageHandler handler)
    {
        _invoker = new Lazy<HttpMessageInvoker>(() => new HttpMessageInvoker(handler));
        Buffered = new ByteBudget(settings.BufferedBytes);
    }

    /// <summary>Bodies that are being collected, over all sessions.</summary>
    public ByteBudget Buffered { get; }

    /// <summary>Makes the message of one request.</summary>
    /// <param name="hop">The request.</param>
    /// <param name="lookup">Finds addresses.</param>
    /// <param name="givenUp">As for <see cref="SendAsync"/>.</param>
    /// <exception cref="UriFormatException">The host is none for the framework.</exception>
    public HttpRequestMessage MessageOf(HttpHop hop, NameLookup lookup, CancellationToken givenUp)
    {
        // The path goes out as it is, not as Uri would have it.
        var uri = new Uri(hop.Url.Origin + hop.Url.PathAndQuery, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var message = new HttpRequestMessage
        {
            RequestUri = uri,

            // Only what decides how the messages are framed; the method itself is in the head.
            Method = hop.Method is "HEAD" ? HttpMethod.Head : HttpMethod.Get,
            Version = System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = hop.Body.IsEmpty && MayRepeat(hop.Method) ? null : new ReadOnlyMemoryContent(hop.Body),
        };
        message.Headers.TryAddWithoutValidation(RequestHead.Carrier, RequestHead.CarrierValue(hop, _proxy?.AuthorizationFor(uri)));
        lookup.AttachTo(message);
        message.Options.Set(s_givenUp, givenUp);
        ResponseHead.Prepare(message);
        return message;
    }

    /// <summary>Why a request cannot be sent from here; null when it can.</summary>
    public RpcError? Refusal(HttpHop hop)
    {
        var needsTls = hop.Url.IsSecure || _proxy?.GetProxy(new Uri(hop.Url.Origin)) is { Scheme: "https" };
        return needsTls && _needsLibrary && TlsLibrary.Name is null ? Errors.HttpWithoutTls(hop.Url.ToString(), TlsLibrary.Remedy) : null;
    }

    /// <summary>Sends a message and waits for the head of its response.</summary>
    /// <param name="message">Of <see cref="MessageOf"/>.</param>
    /// <param name="givenUp">Gives the request up and drops its connection, also while the body is read.</param>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken givenUp) => _invoker.Value.SendAsync(message, givenUp);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_invoker.IsValueCreated)
        {
            _invoker.Value.Dispose();
        }
    }

    // When a connection closes before any byte of the response, the handler sends a request without content again. Twice is once for these
    // methods only (RFC 9110 section 9.2.2); others get an empty content, whose length RequestHeadStream leaves out.
    private static bool MayRepeat(string method) => method is "GET" or "HEAD" or "OPTIONS" or "TRACE" or "PUT" or "DELETE";

    private static SocketsHttpHandler MakeHandler(EnvironmentProxy? proxy) => new()
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ConnectCallback = ConnectAsync,
        MaxResponseDrainSize = 0,
#pragma warning disable CA2262 // it is meant to be half a mebibyte
        MaxResponseHeadersLength = LongestResponseHeadKib,
#pragma warning restore CA2262
        PlaintextStreamFilter = (context, _) => ValueTask.FromResult<Stream>(new RequestHeadStream(context.PlaintextStream)),
        Proxy = proxy,
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        ResponseHeaderEncodingSelector = (name, message) =>
        {
            ResponseHead.TakeDown(message, name);
            return Encoding.Latin1;
        },
        UseCookies = false,
        UseProxy = proxy is not null,
    };

    // The handler lets a connect run on for a while after its request was given up; here it ends with the request.
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var message = context.InitialRequestMessage;
        message.Options.TryGetValue(s_givenUp, out var givenUp);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, givenUp);
        var addresses = await NameLookup.FindAsync(message, context.DnsEndPoint.Host, either.Token);
        if (!OpenFiles.HasRoom)
        {
            throw new SocketException((int)SocketError.TooManyOpenSockets);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The head of a response, and its body yet to be read; owned by whoever holds it.</summary>
/// <param name="Response">The response.</param>
/// <param name="Headers">Its headers in order, without those that speak of the compressed body only.</param>
/// <param name="Coding">How the body is to be decoded.</param>
internal sealed record HttpReply(HttpResponseMessage Response, IReadOnlyList<HttpHeaderLine> Headers, ContentCoding Coding) : IDisposable
{
    /// <summary>Bytes of the body, decoded; null when that is not known before.</summary>
    public long? Length => Coding == ContentCoding.None ? Response.Content.Headers.ContentLength : null;

    /// <summary>The status code.</summary>
    public int Status => (int)Response.StatusCode;

    /// <summary>The value of a header; null when there is none.</summary>
    public string? Header(string name) => Headers.FirstOrDefault(header => string.Equals(header.Name, name, StringComparison.Ordinal))?.Value;

    /// <summary>The body as the client gets it.</summary>
    /// <param name="raw">The body as it comes.</param>
    /// <param name="budget">Counts what a decoder holds.</param>
    /// <param name="longest">Most bytes of a compressed body.</param>
    public Stream Decoded(Stream raw, ByteBudget budget, long longest) => Coding == ContentCoding.None ? raw : new DecodedBody(raw, Coding, budget, longest);

    /// <inheritdoc/>
    public void Dispose() => Response.Dispose();
}
