using Akka.Actor;
using Akka.Event;

using AkkaLevel = Akka.Event.LogLevel;
using HostLevel = Microsoft.Extensions.Logging.LogLevel;

namespace ExecActors.Server.Actors;

/// <summary>Hands what Akka itself logs to the host's log, on the thread that logs it: nothing waits in a mailbox when the system ends.</summary>
#pragma warning disable MA0097 // comparable as an actor reference, which nobody compares by operators
internal sealed class ActorLog : MinimalLogger
#pragma warning restore MA0097
{
    private readonly ILoggerFactory _loggers;

    private ActorLog(ILoggerFactory loggers) => _loggers = loggers;

    /// <summary>Subscribes to events of <c>akka.loglevel</c> and above. The factory stays the caller's, who disposes it after the system has ended.</summary>
    public static void Attach(ActorSystem system, ILoggerFactory loggers)
    {
        var log = new ActorLog(loggers);
        for (var level = Akka.Event.Logging.LogLevelFor(system.Settings.LogLevel); level <= AkkaLevel.ErrorLevel; level++)
        {
            system.EventStream.Subscribe(log, level.ClassFor());
        }
    }

    /// <inheritdoc/>
    protected override void Log(object message)
    {
        if (message is not LogEvent line)
        {
            return;
        }

        var log = _loggers.CreateLogger(line.LogClass.FullName ?? line.LogClass.Name);
        var level = LevelOf(line);
        if (log.IsEnabled(level))
        {
            log.Log(level, default, line.Message?.ToString() ?? "", line.Cause, static (text, _) => text);
        }
    }

    private static HostLevel LevelOf(LogEvent line) => line.LogLevel() switch
    {
        AkkaLevel.DebugLevel => HostLevel.Debug,
        AkkaLevel.InfoLevel => HostLevel.Information,
        AkkaLevel.WarningLevel => HostLevel.Warning,
        AkkaLevel.ErrorLevel => HostLevel.Error,
        _ => HostLevel.Error,
    };
}
