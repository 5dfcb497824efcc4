using System.Net;
using System.Security.Claims;
using ExecActors.Hosting.Authentication;
using ExecActors.Hosting.Tests.Support;
using ExecActors.Runtime;
using ExecActors.Runtime.Connections;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExecActors.Hosting.Tests.Http;

/// <summary>Who is behind a connection of an embedding host.</summary>
public sealed class HostPrincipalTests
{
    private static readonly DateTimeOffset _end = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Without_authentication_it_is_anyone_from_that_address() =>
        Assert.Equal((Principal.Anyone(IPAddress.Loopback), null), await AdmittedAsync());

    [Fact]
    public async Task The_hosts_own_word_counts()
    {
        Assert.Equal((Principal.Named("alice"), null), await AdmittedAsync(options => options.Principal = _ => Principal.Named("alice"), user: "bob"));
        Assert.Equal((Principal.Anyone(IPAddress.Loopback), null), await AdmittedAsync(options => options.Principal = _ => null, user: "bob"));
    }

    [Fact]
    public async Task The_user_of_the_host_counts_until_its_authentication_ends()
    {
        var (alice, until) = await AdmittedAsync(user: "alice");
        Assert.Equal(_end, until);
        Assert.Equal(alice, (await AdmittedAsync(user: "alice")).Principal);
        Assert.NotEqual(alice.Owner, (await AdmittedAsync(user: "bob")).Principal.Owner, StringComparer.Ordinal);
        Assert.NotEqual(alice.Owner, (await AdmittedAsync(user: "alice", scheme: "other")).Principal.Owner, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_token_counts_where_the_host_knows_nobody()
    {
        var (one, _) = await AdmittedAsync(options => options.Authentication = WebSocketAuthentication.CapabilityToken("one"), token: "one");
        var (two, _) = await AdmittedAsync(options => options.Authentication = WebSocketAuthentication.CapabilityToken("two"), token: "two");

        Assert.NotEqual(one.Owner, two.Owner, StringComparer.Ordinal);
        Assert.DoesNotContain("one", one.ToString(), StringComparison.Ordinal);
    }

    private static async Task<(Principal Principal, DateTimeOffset? Until)> AdmittedAsync(
        Action<ExecServerOptions>? configure = null, string? user = null, string scheme = "test", string token = "x")
    {
        var admitted = new TaskCompletionSource<(Principal, DateTimeOffset?)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IConnectionAcceptor>(new TestAcceptor(transport =>
        {
            admitted.SetResult((transport.Principal, transport.AdmittedUntil));
            return TestAcceptor.EchoAsync(transport);
        }));
        builder.Services.AddExecActors(configure);
        await using var app = builder.Build();
        if (user is not null)
        {
            app.Use((context, next) => next(LogIn(context, user, scheme)));
        }

        app.MapExecServer();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var client = await WireClient.ConnectAsync(IPEndPoint.Parse(address["http://".Length..]));
        Assert.Equal(101, (await client.RequestAsync("GET /", $"Authorization: Bearer {token}\r\n" + WireClient.UpgradeHeaders)).Status);
        return await admitted.Task;
    }

    private static HttpContext LogIn(HttpContext context, string user, string scheme)
    {
        context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user)], scheme));
        var ticket = new AuthenticationTicket(context.User, new AuthenticationProperties { ExpiresUtc = _end }, scheme);
        context.Features.Set<IAuthenticateResultFeature>(new LoggedIn { AuthenticateResult = AuthenticateResult.Success(ticket) });
        return context;
    }

    private sealed class LoggedIn : IAuthenticateResultFeature
    {
        public AuthenticateResult? AuthenticateResult { get; set; }
    }
}
