using System.Diagnostics;
using System.Globalization;

namespace ExecActors.Hosting.Tests.Serving;

/// <summary>The built program as a process: what only a process has, signals and its own standard streams.</summary>
public sealed class BinaryTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    public async Task A_signal_ends_it_with_0_and_nothing_but_the_banner_is_on_standard_output(string signal)
    {
        using var server = Start("serve");
        var banner = await server.StandardOutput.ReadLineAsync().SoonAsync();

        await SendAsync(signal, server.Id);

        await server.WaitForExitAsync().SoonAsync();
        Assert.StartsWith("ws://127.0.0.1:", banner, StringComparison.Ordinal);
        Assert.Equal((0, ""), (server.ExitCode, await server.StandardOutput.ReadToEndAsync().SoonAsync()));
        Assert.Contains($"SIG{signal} received", await server.StandardError.ReadToEndAsync().SoonAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_its_standard_input_ends_it_when_asked_to()
    {
        using var server = Start("serve", "--exit-on-stdin-close");
        Assert.NotNull(await server.StandardOutput.ReadLineAsync().SoonAsync());

        server.StandardInput.Close();

        await server.WaitForExitAsync().SoonAsync();
        Assert.Equal(0, server.ExitCode);
    }

    [Fact]
    public async Task A_standard_error_that_nobody_reads_does_not_stop_it()
    {
        using var server = Start("serve", "--log-level", "trace");
        var banner = await server.StandardOutput.ReadLineAsync().SoonAsync();
        using var client = new HttpClient { BaseAddress = new Uri(banner!.Replace("ws:", "http:", StringComparison.Ordinal)) };

        // Several hundred kilobytes of log against a pipe that holds 64.
        for (var i = 0; i < 300; i++)
        {
            using var answer = await client.GetAsync(new Uri("/readyz", UriKind.Relative)).SoonAsync();
            Assert.True(answer.IsSuccessStatusCode);
        }

        await SendAsync("TERM", server.Id);
        await server.WaitForExitAsync().SoonAsync();
        Assert.Equal(0, server.ExitCode);
    }

    [Theory]
    [InlineData("serve --listen nonsense", 1)]
    [InlineData("serve --nonsense", 2)]
    public async Task Errors_go_to_standard_error_and_into_the_exit_code(string arguments, int code)
    {
        using var server = Start(arguments.Split(' '));

        await server.WaitForExitAsync().SoonAsync();
        Assert.Equal((code, ""), (server.ExitCode, await server.StandardOutput.ReadToEndAsync()));
        Assert.NotEmpty(await server.StandardError.ReadToEndAsync());
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(
        Path.Combine(AppContext.BaseDirectory, "execactors"), arguments)
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static async Task SendAsync(string signal, int pid)
    {
        using var kill = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {pid}")]);
        await kill.WaitForExitAsync().SoonAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
