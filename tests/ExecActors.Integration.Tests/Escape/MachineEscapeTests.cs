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
    public async Task No_request_makes_a_file_there_through_a_link_that_leads_nowhere_yet()
    {
        // To look where the path leads finds nothing, so that only what the act comes to tells.
        Tree.Link("ws/none", "/proc/sys/kernel/execactors-none");
        await ExpectUnderAsync(
            ":root=write", "fs/writeFile", """{"path":"file://ROOT/ws/none","dataBase64":"eA=="}""", "-32603 Read-only file system (os error 30)");
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

    [SandboxFact]
    [Difference("relied-places")]
    public async Task What_the_walls_of_a_running_process_lie_on_stays_until_it_has_ended()
    {
        const string Busy = "-32603 Device or resource busy (os error 16)";
        await Client.ResultAsync("process/start", Script("p", "echo ready; exec sleep 600", Sandbox(Workspace)));
        await Client.OutputUntilAsync("p", "ready\n");
        await ExpectAsync("fs/remove", """{"path":"file://ROOT/ws"}""", Busy);
        await ExpectAsync("fs/rename", """{"sourcePath":"file://ROOT/ws/.git","destinationPath":"file://ROOT/ws/old"}""", Busy);
        Assert.True(await Client.TerminateAsync("p"));
        await Client.FinishAsync("p", firstSeq: 2);
        await ExpectAsync("fs/rename", """{"sourcePath":"file://ROOT/ws/.git","destinationPath":"file://ROOT/ws/old"}""", "{}");
    }
}
