using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace ExecActors.Hosting.Http;

/// <summary>A request that the host's web server has read.</summary>
internal sealed class AspNetRequestHead(HttpRequest request) : IRequestHead
{
    /// <inheritdoc/>
    public string Method => request.Method;

    /// <inheritdoc/>
    public string Path => request.Path.Value ?? "";

    /// <inheritdoc/>
    public bool IsHttp11 => HttpProtocol.IsHttp11(request.Protocol);

    /// <inheritdoc/>
    public StringValues this[string name] => request.Headers[name];

    /// <inheritdoc/>
    public bool Has(string name) => request.Headers.ContainsKey(name);
}
