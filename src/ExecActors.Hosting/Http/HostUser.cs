using System.Security.Claims;
using ExecActors.Hosting.Authentication;
using ExecActors.Runtime;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace ExecActors.Hosting.Http;

/// <summary>Who an embedding host says is behind a request.</summary>
internal static class HostUser
{
    /// <summary>By the host's own word, else by the user it has authenticated; as it was when the host knows nobody.</summary>
    public static Admission Name(Admission admission, HttpContext context, Func<HttpContext, Principal?>? byHost)
    {
        if (byHost is not null)
        {
            return admission with { Principal = byHost(context) ?? admission.Principal };
        }

        if (context.User.Identities.FirstOrDefault(identity => identity.IsAuthenticated) is not { } user)
        {
            return admission;
        }

        return Admission.Of(Principal.Named(NameOf(user)), Earlier(admission.Until, EndOf(context)));
    }

    // The id before the name, which may change or be given to another; who issued it, since two issuers may know the same one.
    private static string NameOf(ClaimsIdentity user)
    {
        var claim = user.FindFirst(ClaimTypes.NameIdentifier) ?? user.FindFirst("sub") ?? user.FindFirst(user.NameClaimType);
        return $"{user.AuthenticationType}\n{claim?.Issuer}\n{claim?.Value}";
    }

    private static DateTimeOffset? EndOf(HttpContext context) =>
        context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one < other ? one : other ?? one;
}
