using System.Net;
using System.Net.Sockets;
using System.Text;
using ExecActors.Platform;
using ExecActors.Testing;

namespace ExecActors.Client.Tests.EndToEnd;

/// <summary>On a machine without OpenSSL everything works that is not TLS, and TLS is refused with what to install.</summary>
/// <remarks>
/// That is so of the native binary. On the runtime Akka asks the framework for a random seed, which needs OpenSSL (Substitutions.xml of the server's
/// project), so there a server cannot start and the tests that need one have nothing to see.
/// </remarks>
public class WithoutOpenSslTests(RunFixture fixture) : IClassFixture<RunFixture>
{
    private const string Initialize =
        """{"id":1,"method":"initialize","params":{"clientName":"test"}}""" + "\n" + """{"method":"initialized"}""" + "\n";

    [Fact]
    public async Task A_command_runs_on_a_private_server()
    {
        if (!Binary.IsNative)
        {
            return;
        }

        using var run = fixture.Start(Shell.WithoutOpenSsl(Binary.Path, "run", "--", "echo", "hi"));
        Assert.Equal(0, await run.FinishAsync());
        Assert.Equal(("hi\n", ""), (run.Stdout, run.Stderr));
    }

    [Fact]
    public async Task A_server_listens_checks_tokens_and_is_found_by_a_client()
    {
        if (!Binary.IsNative)
        {
            return;
        }

        using var folder = new TemporaryFolder();
        var file = folder.Write("token", "secret-1\n");
        using var server = fixture.Start(Shell.WithoutOpenSsl(Binary.Path, "serve", "--log-level", "error", "--ws-auth", "capability-token", "--ws-token-file", file));
        var url = await server.FirstLineAsync();
        using var run = fixture.Start(Shell.WithoutOpenSsl(Binary.Path, "run", "--url", url, "--token-file", file, "--", "echo", "hi"));
        Assert.Equal(0, await run.FinishAsync());
        Assert.Equal("hi\n", run.Stdout);
        server.Signal(Signals.SIGTERM);
        Assert.Equal(0, await server.EndAsync());
    }

    [Fact]
    public async Task A_server_that_wants_signed_tokens_refuses_a_forged_one()
    {
        if (!Binary.IsNative)
        {
            return;
        }

        using var folder = new TemporaryFolder();
        var secret = folder.Write("secret", new string('s', 32));
        using var server = fixture.Start(
            Shell.WithoutOpenSsl(Binary.Path, "serve", "--log-level", "error", "--ws-auth", "signed-bearer-token", "--ws-shared-secret-file", secret));
        var url = new Uri(await server.FirstLineAsync());
        const string forged = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjk5OTk5OTk5OTl9.AAAA";
        var refusal = await Assert.ThrowsAsync<ExecConnectionException>(() => ExecClient.ConnectAsync(url, new ExecClientOptions { BearerToken = forged }));
        Assert.Equal(HttpStatusCode.Unauthorized, refusal.RefusedWith);
        server.Signal(Signals.SIGTERM);
        Assert.Equal(0, await server.EndAsync());
    }

    [Fact]
    public async Task A_client_refuses_wss_and_says_what_to_install()
    {
        using var run = fixture.Start(Shell.WithoutOpenSsl(Binary.Path, "run", "--url", "wss://127.0.0.1:1", "--", "true"));
        Assert.Equal(1, await run.FinishAsync());
        Assert.StartsWith("execactors: cannot connect to wss://127.0.0.1:1/: wss needs OpenSSL", run.Stderr, StringComparison.Ordinal);
        Assert.Contains("libssl3", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http_requests_go_out_and_those_by_https_are_refused()
    {
        if (!Binary.IsNative)
        {
            return;
        }

        using var upstream = new TcpListener(IPAddress.Loopback, 0);
        upstream.Start();
        var answering = AnswerAsync(upstream);
        using var server = fixture.Start(Shell.WithoutOpenSsl(Binary.Path, "serve", "--listen", "stdio", "--log-level", "error"));
        await server.WriteAsync(Initialize + Request(2, "https://127.0.0.1:1/") + Request(3, $"http://{upstream.LocalEndpoint}/"));
        var answers = await server.StdoutHasAsync("\"id\":3");
        Assert.Contains("needs TLS, and the server's machine has no OpenSSL; install OpenSSL", answers, StringComparison.Ordinal);
        Assert.Contains("\"status\":204", answers, StringComparison.Ordinal);
        Assert.Equal(0, await server.FinishAsync());
        await answering;
    }

    [Fact]
    public async Task The_doctor_has_a_line_for_it()
    {
        using var doctor = fixture.Start(Shell.WithoutOpenSsl(Binary.Path, "doctor"));
        Assert.InRange(await doctor.FinishAsync(), 0, 1);
        Assert.Contains("limited  OpenSSL          not there", doctor.Stdout, StringComparison.Ordinal);
    }

    private static string Request(int id, string url) =>
        $$$"""{"id":{{{id}}},"method":"http/request","params":{"requestId":"r{{{id}}}","method":"GET","url":"{{{url}}}","headers":[],"streamResponse":false}}""" + "\n";

    private static async Task AnswerAsync(TcpListener upstream)
    {
        using var connection = await upstream.AcceptTcpClientAsync().SoonAsync();
        var stream = connection.GetStream();
        _ = await stream.ReadAsync(new byte[4096]).AsTask().SoonAsync();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"));
    }
}
