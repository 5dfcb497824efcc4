using Akka.Actor;

using static ExecActors.Runtime.Connections.ConnectionProtocol;

namespace ExecActors.Runtime.Connections;

/// <content>Waiting for the memory of a long message: see <see cref="MessageRoom"/>.</content>
internal sealed partial class ConnectionActor
{
    /// <summary>So many looks are made in the patience with a message that does not come.</summary>
    private const int LooksPerPatience = 10;

    private RoomAwaited? _awaited;

    private void OnRoom(object message)
    {
        switch (message)
        {
            case RoomAwaited awaited:
                _awaited = awaited;
                AwaitRoom();
                break;
            case RoomFound:
                Timers.Cancel(RoomOverdue.Instance);
                break;
            default:
                OnRoomOverdue();
                break;
        }
    }

    private void AwaitRoom() =>
        Timers.StartSingleTimer(RoomOverdue.Instance, RoomOverdue.Instance, _environment.Settings.Memory.MessagePatience / LooksPerPatience);

    // Whose message holds the memory up is not to be waited for any longer: in the own share when that is used up, else whoever it is. Where all have come and are held, nobody
    // knows for how long: they keep this connection from nothing but to have more than one message beyond the bound.
    private void OnRoomOverdue()
    {
        var isOwnShare = !_parts.Messages.Has(_environment.Settings.Limits.MessageBytes);
        if (!_environment.Room.EndOldest(isOwnShare ? _parts.Messages : null, _environment.Settings.Memory.MessagePatience, _awaited?.Unfinished))
        {
            _awaited?.ReadOn();
        }

        AwaitRoom(); // the next one, if that does not help
    }

    private sealed record RoomOverdue : INoSerializationVerificationNeeded
    {
        public static RoomOverdue Instance { get; } = new();
    }
}
