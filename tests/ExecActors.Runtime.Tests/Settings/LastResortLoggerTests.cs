using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

using ExecActors.Runtime.Settings;
using ExecActors.Runtime.Tests.Support;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Settings;

/// <summary>Standard output belongs to the protocol, at the end of the actor system too.</summary>
public sealed class LastResortLoggerTests
{
    private static Gate _gate = new();
    private static IInternalActorRef? _logger;

    [Fact]
    public async Task What_a_stopped_logger_had_not_taken_goes_to_standard_error()
    {
        _gate = new Gate();
        using var output = new StringWriter();
        using var error = new StringWriter();
        var (consoleOutput, consoleError) = (Console.Out, Console.Error);
        try
        {
            Console.SetOut(TextWriter.Synchronized(output));
            Console.SetError(TextWriter.Synchronized(error));
            await LeaveLinesBehindAsync();
        }
        finally
        {
            Console.SetOut(consoleOutput);
            Console.SetError(consoleError);
        }

        Assert.DoesNotContain("left behind", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("left behind", error.ToString(), StringComparison.Ordinal);
    }

    private static async Task LeaveLinesBehindAsync()
    {
        var logger = $"akka.loggers = [\"{typeof(HeldLogger).FullName}, {typeof(HeldLogger).Assembly.GetName().Name}\"]";
        var system = ActorSystem.Create("held", ConfigurationFactory.ParseString(logger).WithFallback(ExecServerSettings.BuiltIn));
        system.Log.Info("held");
        await _gate.ReachedAsync();
        system.Log.Info("left behind");
        _logger!.Stop();
        _gate.Open();
        await system.Terminate().SoonAsync();
    }

    private sealed class HeldLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
    {
        public HeldLogger()
        {
            Receive<InitializeLogger>(_ =>
            {
                _logger = (IInternalActorRef)Self;
                Sender.Tell(new LoggerInitialized());
            });
            Receive<Info>(info => "held".Equals(info.Message.ToString(), StringComparison.Ordinal), _ => _gate.Pass());
            ReceiveAny(_ => { });
        }
    }
}
