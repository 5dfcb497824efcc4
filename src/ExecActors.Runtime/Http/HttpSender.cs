using System.Net.Sockets;

using ExecActors.Protocol;

namespace ExecActors.Runtime.Http;

/// <summary>What came of sending: a reply, which the receiver owns, or an error.</summary>
/// <param name="Reply">The last response; null when there is none.</param>
/// <param name="Error">Why there is none.</param>
/// <param name="Reason">The same for the log; null when the error says all.</param>
internal readonly record struct HttpOutcome(HttpReply? Reply, RpcError Error = default, string? Reason = null);

/// <summary>Sends a request and goes where it is redirected to.</summary>
internal static class HttpSender
{
    /// <summary>Redirects followed; one more is an error.</summary>
    public const int MaxRedirects = 10;

    /// <summary>Sends until a response is the result. Expected failures come as errors, those of a cancelled request too.</summary>
    /// <param name="engine">Sends.</param>
    /// <param name="lookup">Finds addresses.</param>
    /// <param name="first">The request.</param>
    /// <param name="policy">Whether redirects are followed.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    public static async Task<HttpOutcome> SendAsync(
        HttpEngine engine, NameLookup lookup, HttpHop first, HttpRedirectPolicy policy, CancellationToken cancellationToken)
    {
        var hop = first;
        for (var redirects = 0; ; redirects++)
        {
            HttpReply reply;
            try
            {
                if (engine.Refusal(hop) is { } withoutTls)
                {
                    return new HttpOutcome(Reply: null, withoutTls);
                }

                var message = engine.MessageOf(hop, lookup, cancellationToken);
                var response = await engine.SendAsync(message, cancellationToken);
                if (!ResponseFraming.IsPlain(message, response))
                {
                    response.Dispose();
                    return new HttpOutcome(Reply: null, Errors.HttpSendFailed(hop.Url.ToString()), "the response does not say in one way where its body ends");
                }

                var lines = ResponseHead.Lines(message, response);
                reply = new HttpReply(response, lines, ContentCodings.Take(lines));
            }
            catch (Exception e) when (IsExpected(e))
            {
                return new HttpOutcome(Reply: null, Errors.HttpSendFailed(hop.Url.ToString()), (e.InnerException ?? e).Message);
            }

            HttpHop? next = null;
            var error = policy == HttpRedirectPolicy.Follow ? hop.Redirect(reply.Status, reply.Header("location"), out next) : null;
            if (next is null && error is null)
            {
                return new HttpOutcome(reply);
            }

            reply.Dispose();
            if (error is null && redirects == MaxRedirects)
            {
                error = Errors.HttpTooManyRedirects;
            }

            if (error is { } refused)
            {
                return new HttpOutcome(Reply: null, refused);
            }

            hop = next!;
        }
    }

    /// <summary>Whether an exception is how the framework says that an exchange did not work.</summary>
    /// <remarks>NotSupportedException: of a proxy's scheme. UriFormatException: of a host that is none for the framework.</remarks>
    public static bool IsExpected(Exception e) =>
        e is HttpRequestException or IOException or SocketException or OperationCanceledException or NotSupportedException or UriFormatException;
}
