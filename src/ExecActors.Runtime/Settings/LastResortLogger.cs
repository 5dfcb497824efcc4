using Akka.Event;

namespace ExecActors.Runtime.Settings;

/// <summary>Takes Akka's log lines while there is no logger: before it starts, and what it had not taken when it was stopped.</summary>
/// <remarks>
/// Named by <c>akka.stdout-logger-class</c>. Akka's own writes to standard output, whatever <c>akka.stdout-loglevel</c> says: a logger that is stopped with lines in its
/// mailbox has them printed there. Standard output belongs to the protocol, so this one writes to standard error.
/// </remarks>
#pragma warning disable MA0097 // comparable as an actor reference, which nobody compares by operators
internal sealed class LastResortLogger : MinimalLogger
#pragma warning restore MA0097
{
    /// <inheritdoc/>
    protected override void Log(object message) => Console.Error.WriteLine(message);
}
