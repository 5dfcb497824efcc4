using Akka.Actor;

namespace ExecActors.Runtime.Workers;

/// <summary>Does nothing but live on a dispatcher, which keeps its threads as long as somebody does.</summary>
/// <remarks>
/// Parent: the user guardian. Children: none.
/// Supervision: it does nothing that could fail.
/// Behaviours: one, which takes no message. Timers: none. It ends with the system.
/// </remarks>
internal sealed class DispatcherKeeper : ReceiveActor;
