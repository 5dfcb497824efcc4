using Akka.Configuration;
using Akka.Dispatch;

using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Workers;

/// <summary>Names the executor of <c>execactors.blocking-io</c> in HOCON.</summary>
public sealed class ElasticExecutorConfigurator : ExecutorServiceConfigurator
{
    /// <summary>Called by Akka with the dispatcher's section.</summary>
    public ElasticExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites)
    {
    }

    /// <inheritdoc/>
    public override ExecutorService Produce(string id) => new ElasticExecutor(id, BlockingIoSettings.From(new SettingsReader(Config), ""));
}
