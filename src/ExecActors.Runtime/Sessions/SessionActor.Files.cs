using ExecActors.Runtime.FileSystem;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Sessions;

/// <content>The session's files: requests go to the desk, which has workers perform them.</content>
internal sealed partial class SessionActor
{
    private void TakeFileRequest(in RequestRef request, InboundMessage message) =>
        _files.Take(new FileRequest(request, message.Params!, message.Payload));
}
