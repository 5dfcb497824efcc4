using Akka.Actor;
using Akka.Dispatch;

using ExecActors.Platform;
using ExecActors.Protocol;

namespace ExecActors.Runtime.Processes;

/// <summary>A start that runs on a blocking worker while its actor may give up on it: whoever comes second cleans up.</summary>
internal sealed class PendingStart(IProcessHost host, ProcessSpec spec, IActorRef actor) : IRunnable
{
    private const int Running = 0;
    private const int Delivered = 1;
    private const int GivenUp = 2;

    private IChildProcess? _child;
    private int _state;

    /// <summary>Starts the process and tells the actor; a child that nobody wants any more is killed and given back here.</summary>
    public void Run()
    {
        if (Volatile.Read(ref _state) == GivenUp)
        {
            return;
        }

        IChildProcess child;
        try
        {
            child = host.Start(spec);
        }
        catch (ProcessStartException e)
        {
            actor.Tell(new ProcessActor.SpawnFailed(e.Message, StartFailureData.Of(e)), ActorRefs.NoSender);
            return;
        }
        catch (Exception e)
        {
            actor.Tell(new ProcessActor.SpawnFailed($"the process could not be started: {e.Message}", new RpcErrorData(StartFailureKinds.Failed)), ActorRefs.NoSender);
            return;
        }

        _child = child; // published by the exchange below
        if (Interlocked.CompareExchange(ref _state, Delivered, Running) == Running)
        {
            actor.Tell(new ProcessActor.Spawned(child), ActorRefs.NoSender);
        }
        else
        {
            child.Release();
        }
    }

    /// <inheritdoc/>
    public void Execute() => Run();

    /// <summary>The actor does not want the process any more. A child that was already on its way to it is given back too.</summary>
    public void GiveUp()
    {
        if (Interlocked.CompareExchange(ref _state, GivenUp, Running) == Delivered)
        {
            _child!.Release();
        }
    }
}
