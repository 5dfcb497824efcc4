using Akka.Actor;

using ExecActors.Protocol;
using ExecActors.Runtime.FileSystem;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Sessions;

/// <content>The session's files: requests go to the desk, which has workers perform them; watches have an actor for each attachment.</content>
internal sealed partial class SessionActor
{
    private void TakeFileRequest(Attachment attached, in RequestRef request, InboundMessage message)
    {
        if (message.Params is not (FsWatchMissingParams or FsWatchParams or FsUnwatchParams))
        {
            _files.Take(new FileRequest(request, message.Params!, message.Payload, _helperUser));
            return;
        }

        attached.Watches ??= Context.ActorOf(
            WatchActor.Props(new WatchEnvironment(_environment.Watcher, _fileWorkers, _environment.Settings.Limits, _watchPlaces), attached.Epoch), $"watches-{attached.Epoch}");
        attached.Answers.Assign(request.Ticket, attached.Watches);
        attached.Watches.Tell(new WatchProtocol.Request(request, message.Params));
    }
}
