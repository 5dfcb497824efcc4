using ExecActors.Runtime.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ExecActors.Hosting;

/// <summary>EXTENSION POINT: where the actor system and its <see cref="IConnectionAcceptor"/> enter the container.</summary>
internal static class ActorComposition
{
    /// <summary>Registers what serves the connections that the listeners accept; an acceptor that is already there is kept.</summary>
    public static void AddTo(IServiceCollection services) =>
        services.TryAddSingleton<IConnectionAcceptor>(_ => throw new InvalidOperationException(
            "No IConnectionAcceptor is registered, so a connection cannot be served. Register one before AddExecActors()."));
}
