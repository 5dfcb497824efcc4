using Akka.Actor;

using static ExecActors.Runtime.Connections.ConnectionProtocol;

namespace ExecActors.Runtime.Connections;

/// <content>Waiting for the memory of a long message: see <see cref="MessageRoom"/>.</content>
internal sealed partial class ConnectionActor
{
    private void OnRoom(object message)
    {
        switch (message)
        {
            case RoomAwaited:
                AwaitRoom(_environment.Settings.Memory.MessagePatience);
                break;
            case RoomFound:
                Timers.Cancel(RoomOverdue.Instance);
                break;
            default:
                OnRoomOverdue();
                break;
        }
    }

    private void AwaitRoom(TimeSpan patience) => Timers.StartSingleTimer(RoomOverdue.Instance, RoomOverdue.Instance, patience);

    // Whose message holds the memory up is not to be waited for any longer: in the own share when that is used up, else whoever it is.
    private void OnRoomOverdue()
    {
        var patience = _environment.Settings.Memory.MessagePatience;
        var isOwnShare = !_parts.Messages.Has(_environment.Settings.Limits.MessageBytes);
        _environment.Room.EndOldest(isOwnShare ? _parts.Messages : null, patience);
        AwaitRoom(patience / 10); // the next one, if that does not help
    }

    private sealed record RoomOverdue : INoSerializationVerificationNeeded
    {
        public static RoomOverdue Instance { get; } = new();
    }
}
