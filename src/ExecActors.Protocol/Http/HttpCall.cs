using System.Diagnostics.CodeAnalysis;

namespace ExecActors.Protocol;

/// <summary>An HTTP request that makes sense: URL, method and headers are checked and the server's variables put in.</summary>
/// <param name="Method">An HTTP token.</param>
/// <param name="Url">Where it goes.</param>
/// <param name="Headers">Names in lower case; order and repetitions are the client's.</param>
public sealed record HttpCall(string Method, HttpUrl Url, IReadOnlyList<HttpHeaderLine> Headers)
{
    /// <summary>Names, in lower case, of headers of which a value was made of a variable: they are for the origin of <see cref="Url"/> and for no other.</summary>
    public IReadOnlyCollection<string> SecretNames { get; init; } = [];

    /// <summary>Checks a request in the reference server's order: method, URL, then each header.</summary>
    /// <param name="request">The request.</param>
    /// <param name="variables">The server's environment, for <see cref="HttpHeader.ValueEnvVar"/>.</param>
    /// <param name="call">The request, checked.</param>
    /// <param name="error">Why it is refused, always <see cref="ErrorCodes.InvalidParams"/>.</param>
    public static bool TryMake(
        HttpRequestParams request,
        IReadOnlyDictionary<string, string> variables,
        [NotNullWhen(true)] out HttpCall? call,
        out RpcError error)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(variables);
        call = null;
        if (!HttpSyntax.IsMethod(request.Method))
        {
            error = Errors.HttpMethodInvalid;
            return false;
        }

        if (!HttpUrl.TryParse(request.Url, out var url, out error))
        {
            return false;
        }

        var headers = new List<HttpHeaderLine>(request.Headers.Count);
        foreach (var header in request.Headers)
        {
            if (!TryMake(header, variables, out var line, out error))
            {
                return false;
            }

            headers.Add(line);
        }

        var secrets = request.Headers.Where(header => header.ValueEnvVar is not null).Select(header => header.Name.ToLowerInvariant());
        call = new(request.Method, url, headers) { SecretNames = [.. secrets] };
        return true;
    }

    private static bool TryMake(
        HttpHeader header,
        IReadOnlyDictionary<string, string> variables,
        [NotNullWhen(true)] out HttpHeaderLine? line,
        out RpcError error)
    {
        line = null;
        if (!HttpSyntax.IsName(header.Name))
        {
            error = Errors.HttpHeaderNameInvalid;
            return false;
        }

        var secret = "";
        if (header.ValueEnvVar is { } variable && !variables.TryGetValue(variable, out secret))
        {
            error = Errors.HttpVariableMissing(header.Name, variable);
            return false;
        }

        if (!HttpSyntax.IsValue(header.Value) || !HttpSyntax.IsValue(secret))
        {
            error = Errors.HttpHeaderValueInvalid(header.Name);
            return false;
        }

        error = default;
        line = new(header.Name.ToLowerInvariant(), header.Value + secret);
        return true;
    }
}
