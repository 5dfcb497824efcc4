using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>A Kestrel with the answers that tests need, plain and with a certificate that nobody trusts.</summary>
public sealed class KestrelUpstream : IAsyncLifetime
{
    private readonly X509Certificate2 _certificate = NewCertificate();
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication? _application;

    public string Plain { get; private set; } = "";

    public string Secure { get; private set; } = "";

    /// <summary>Completes when a client left a request to /forever.</summary>
    public Task AbortedAsync() => Testing.TestTimeouts.SoonAsync(_aborted.Task);

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Listen(IPAddress.Loopback, 0);
            options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate));
        });
        _application = builder.Build();
        _application.Run(AnswerAsync);
        await _application.StartAsync();
        var addresses = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        Plain = addresses.Single(address => address.StartsWith("http:", StringComparison.Ordinal));
        Secure = addresses.Single(address => address.StartsWith("https:", StringComparison.Ordinal));
    }

    public async Task DisposeAsync()
    {
        await _application!.DisposeAsync();
        _certificate.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var response = context.Response;
        var argument = int.Parse("0" + context.Request.Query["n"], CultureInfo.InvariantCulture);
        switch (context.Request.Path.Value)
        {
            case "/echo":
                await context.Request.Body.CopyToAsync(response.Body);
                break;
            case "/chunked":
                for (var i = 0; i < argument; i++)
                {
                    await response.WriteAsync($"piece {i};");
                    await response.Body.FlushAsync();
                }

                break;
            case "/zeros":
                response.ContentLength = argument;
                for (var left = argument; left > 0; left -= 65_536)
                {
                    await response.Body.WriteAsync(new byte[Math.Min(left, 65_536)]);
                }

                break;
            case "/headers":
                for (var i = 0; i < argument; i++)
                {
                    response.Headers[$"x-{i}"] = new string('v', 1000);
                }

                break;
            case "/empty":
                response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case "/forever":
                await response.WriteAsync("tick");
                await response.Body.FlushAsync();
                context.RequestAborted.Register(() => _aborted.TrySetResult());
                await _aborted.Task;
                break;
            default:
                response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest("CN=nobody", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }
}
