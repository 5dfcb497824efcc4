using Xunit.Abstractions;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>A limit on address space, which a program of .NET reserves far more of than it uses.</summary>
/// <remarks>Of native code only: else the .NET runtime needs more by itself, before the program begins; then the tests say so and end.</remarks>
public sealed class AddressSpaceTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_gigabyte_of_address_space_is_enough()
    {
        if (!IsForNativeCode())
        {
            return;
        }

        await using var server = await ServerProcess.StartWrappedAsync(["/bin/bash", "-c", "ulimit -v 1000000; exec \"$@\"", "bash"], "ws://127.0.0.1:0");
        await using (var client = await WireClient.OpenAsync(server))
        {
            Assert.Equal("there\n", (await client.RunAsync("p", "echo there")).Stdout);
        }

        await server.StopAsync();
    }

    [Fact]
    public async Task With_too_little_one_line_says_what_is_needed()
    {
        if (!IsForNativeCode())
        {
            return;
        }

        await using var server = ServerProcess.Launch(["--listen", "ws://127.0.0.1:0"], wrapper: ["/bin/bash", "-c", "ulimit -v 750000; exec \"$@\"", "bash"]);
        Assert.Equal(1, await server.ExitAsync());
        Assert.Contains("the address space is limited to 732 MiB (ulimit -v), and the server needs 768 MiB", server.Log, StringComparison.Ordinal);
    }

    private bool IsForNativeCode()
    {
        if (!ServerUnderTest.IsNative)
        {
            output.WriteLine("the server is not native code: nothing was tested");
        }

        return ServerUnderTest.IsNative;
    }
}
