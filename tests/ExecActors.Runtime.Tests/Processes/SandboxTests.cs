using ExecActors.Platform;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Processes;

/// <summary>process/start with a sandbox: the process's policy, its type, and the guess of a denial.</summary>
public sealed class SandboxTests : RuntimeTest
{
    private const string ReadOnly =
        ",\"sandbox\":{\"permissions\":{\"type\":\"managed\",\"file_system\":{\"type\":\"restricted\",\"entries\":"
        + "[{\"path\":{\"type\":\"special\",\"value\":{\"kind\":\"root\"}},\"access\":\"read\"}]},\"network\":\"restricted\"},\"windowsSandboxLevel\":\"disabled\"}";

    private const string Disabled = ",\"sandbox\":{\"permissions\":{\"type\":\"disabled\"},\"windowsSandboxLevel\":\"disabled\"}";

    [Fact]
    public async Task The_policy_goes_with_the_process_and_the_answer_says_linuxSeccomp()
    {
        var (_, child) = await StartInAsync(ReadOnly);

        Assert.True(child.Spec.IsSandboxed);
        Assert.True(child.Spec.Sandbox!.RestrictsNetwork);
        Assert.Equal(new SandboxEntry(UnixPath.Root, SandboxAccess.Read), Assert.Single(child.Spec.Sandbox.Entries));
    }

    [Fact]
    public async Task A_sandbox_that_limits_nothing_is_one_by_name()
    {
        var (_, child) = await StartInAsync(Disabled);

        Assert.False(child.Spec.IsSandboxed);
    }

    [Fact]
    public async Task What_the_machine_cannot_enforce_is_an_error_and_no_process()
    {
        Host.FailWith(new ProcessStartException("a sandbox was asked for and cannot be made: no bubblewrap", 0) { IsOfSandbox = true });
        var client = await AttachAsync();

        Assert.Equal(
            """{"error":{"code":-32602,"data":{"kind":"sandboxPreparation"},"message":"failed to prepare process sandbox: a sandbox was asked for and cannot be made: no bubblewrap"},"id":2}""",
            await client.AskAsync(Wire.Start(2, "p", ReadOnly)));
    }

    [Theory]
    [InlineData("enforceManagedNetwork\":true", "enforceManagedNetwork")]
    [InlineData("managedNetwork\":{}", "managedNetwork")]
    [InlineData("managedNetwork\":{\"transparentTcp\":true}", "managedNetwork")]
    public async Task A_managed_network_is_refused_with_a_sandbox_too(string more, string member)
    {
        var client = await AttachAsync();

        var refused = await client.AskAsync(Wire.Start(2, "p", $"{ReadOnly},\"{more}"));

        Assert.StartsWith("{\"error\":{\"code\":-32602,\"message\":\"process/start asks for `" + member, refused, StringComparison.Ordinal);
        Assert.Equal(0, Host.Starts);
    }

    [Theory]
    [InlineData(ReadOnly, "touch: x: Read-only file system\n", 1, true)]
    [InlineData(ReadOnly, "permission denied", 2, true)]
    [InlineData(Disabled, "Operation not permitted", 1, true)]
    [InlineData(ReadOnly, "Permission denied", 0, false)]
    [InlineData(ReadOnly, "No such file or directory", 1, false)]
    [InlineData("", "Permission denied", 1, false)]
    public async Task A_failed_program_that_speaks_of_a_denial_counts_as_denied(string sandbox, string output, int exitCode, bool denied)
    {
        var (client, child) = await StartInAsync(sandbox);
        child.Print(output);
        Assert.Equal(Wire.Output("p", 1, output), await client.Frames.NextAsync());
        Assert.Equal(Wire.ReadResult(3, 2, Wire.Chunk(1, output)), await client.AskAsync(Wire.Read(3, "p")));
        child.Finish(exitCode);

        Assert.Equal([Wire.Exited("p", 2, exitCode, denied), Wire.Closed("p", 3)], await client.Frames.NextAsync(2));
        Assert.Equal(
            Wire.ReadResult(4, 4, Wire.Chunk(1, output), exitCode, closed: true, sandboxDenied: denied), await client.AskAsync(Wire.Read(4, "p")));
    }

    private async Task<(TestClient Client, FakeChild Child)> StartInAsync(string sandbox)
    {
        var client = await AttachAsync();
        Assert.Equal(Wire.StartResult(2, "p", sandbox.Length == 0 ? "none" : "linuxSeccomp"), await client.AskAsync(Wire.Start(2, "p", sandbox)));
        var child = await Host.NextChildAsync();
        await child.BegunAsync();
        return (client, child);
    }
}
