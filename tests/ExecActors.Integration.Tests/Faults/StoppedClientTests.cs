using System.Diagnostics;
using System.Globalization;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>A real client that the system stops for a while (Ctrl-Z, a frozen machine) and lets go on.</summary>
public sealed class StoppedClientTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Lines = 2_000_000; // 26 MB: far more than everything on the way holds

    [Fact]
    public async Task A_client_that_was_stopped_gets_every_byte_and_others_are_served_meanwhile()
    {
        var lines = new NumberedLines(500);
        using var client = Start("seq", lines.Arguments(1, Lines));
        var output = client.StandardOutput.BaseStream;
        var buffer = new byte[256 * 1024];
        lines.Append(buffer.AsSpan(0, await Patience.ForAsync(output.ReadAsync(buffer).AsTask(), () => "the client's first output")));

        for (var stop = 0; stop < 3; stop++)
        {
            Posix.Signal(client.Id, PosixSignalNumber.Stop);
            await using (var other = await fixture.OpenAsync())
            {
                Assert.Equal("x\n", (await other.RunAsync("p", "echo x")).Stdout);
                await Bulk.EchoAsync(other, "bulk", bytes: 2 * 1024 * 1024);
            }

            Posix.Signal(client.Id, PosixSignalNumber.Continue);
            for (var goal = lines.Position + (4 * 1024 * 1024); lines.Position < goal;)
            {
                lines.Append(buffer.AsSpan(0, await Patience.ForAsync(output.ReadAsync(buffer).AsTask(), () => "more of the client's output")));
            }
        }

        while (await Patience.ForAsync(output.ReadAsync(buffer).AsTask(), () => "the rest of the client's output") is > 0 and var count)
        {
            lines.Append(buffer.AsSpan(0, count));
        }

        Assert.Equal((long)Lines * NumberedLines.LineBytes, lines.Position);
        await Patience.ForAsync(client.WaitForExitAsync(), () => "the client's end");
        Assert.Equal(0, client.ExitCode);
    }

    /// <summary>Runs a command through the client of the binary that is tested.</summary>
    private Process Start(string program, string arguments)
    {
        string[] words = ["run", "--url", string.Create(CultureInfo.InvariantCulture, $"ws://{fixture.Server.Endpoint}"), "--", program, .. arguments.Split(' ')];
        var start = new ProcessStartInfo(ServerUnderTest.Command[0], words) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment.Clear();
        foreach (var (name, value) in ServerUnderTest.BaseEnvironment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
