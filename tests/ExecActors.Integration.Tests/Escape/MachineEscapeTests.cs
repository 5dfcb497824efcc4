using ExecActors.Testing;

namespace ExecActors.Integration.Tests.Escape;

/// <summary>Requests and processes that try to change the kernel, on a server that is what the tests are: root, on most machines.</summary>
public sealed class MachineEscapeTests(SandboxServer fixture) : SandboxTests(fixture), IClassFixture<SandboxServer>
{
    private const string HostName = "/proc/sys/kernel/hostname";

    [SandboxTheory]
    [Difference("machine-state")]
    [InlineData(":root=write")]
    [InlineData(":root=write ROOT/ws=read")]
    [InlineData(":root=read ROOT/ws=write")]
    [InlineData(":root=read /proc/sys=write")]
    public async Task No_request_writes_what_no_process_of_its_policy_may(string policy)
    {
        // The same name again: were it written, nothing would be harmed.
        var name = Convert.ToBase64String(await File.ReadAllBytesAsync(HostName));
        Tree.Link("ws/name", HostName);
        foreach (var path in new[] { HostName, "/proc/self/root" + HostName, Tree.At("ws/name") })
        {
            var run = await RunAsync($"p{path.GetHashCode(StringComparison.Ordinal)}", $"cat {HostName} >{path} && echo wrote", Sandbox(policy));
            Assert.Equal("", run.Stdout);
            var write = (JObject)Params($$"""{"path":"file://{{path}}","dataBase64":"{{name}}"}""");
            write["sandbox"] = Sandbox(policy);
            Assert.NotNull((await Client.RequestAsync("fs/writeFile", write))["error"]);
        }
    }

    [SandboxFact]
    public async Task Directories_that_lead_to_a_wall_are_not_renamed_by_a_request()
    {
        Tree.File("ws/conf/prod/settings", "P").Directory("ws/in/.git");
        foreach (var name in new[] { "conf", "in" })
        {
            await ExpectUnderAsync(
                ":root=read ROOT/ws=write ROOT/ws/in=write ROOT/ws/conf/prod=read", "fs/rename",
                $$"""{"sourcePath":"file://ROOT/ws/{{name}}","destinationPath":"file://ROOT/ws/old"}""", "-32603 …");
        }

        Assert.False(Tree.Has("ws/old"));
    }
}
