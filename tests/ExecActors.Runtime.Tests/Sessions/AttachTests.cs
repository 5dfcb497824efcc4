using ExecActors.Protocol;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Sessions;

public sealed class AttachTests : RuntimeTest
{
    [Fact]
    public async Task A_new_session_is_attached_and_answers()
    {
        var client = await AttachAsync();

        Assert.Equal(Wire.Ready(2), await client.AskAsync(Wire.Status(2)));
    }

    [Fact]
    public async Task A_resume_of_an_unknown_id_is_refused()
    {
        var error = await NewClient().RefusedAsync(resume: "");

        Assert.Equal(new RpcError(-32600, "unknown session id "), error);
    }
}
