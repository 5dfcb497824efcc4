using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Workers;

/// <summary>Names the executor of <c>execactors.blocking-io</c>, and of the dispatchers that take its numbers, in HOCON.</summary>
public sealed class ElasticExecutorConfigurator : ExecutorServiceConfigurator
{
    /// <summary>Called by Akka with the dispatcher's section.</summary>
    public ElasticExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites)
    {
    }

    /// <inheritdoc/>
    public override ExecutorService Produce(string id)
    {
        var numbers = new SettingsReader(Config.WithFallback(Prerequisites.Settings.Config.GetConfig(WorkerLanes.FileDispatcher)));
        var log = Logging.GetLogger(Prerequisites.EventStream, typeof(ElasticExecutor).FullName);
        return new ElasticExecutor(id, BlockingIoSettings.From(numbers, ""), onStandstill: threads => log.Warning(
            "{0} calls of {1} do not come back: is a mount dead? They keep their threads until they do, and each session has fewer of the others", threads, id));
    }
}
