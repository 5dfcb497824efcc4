using Akka.Actor;

using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Http;

/// <content>Requests whose response comes in one piece: a task each, as many at once as there are places.</content>
internal sealed partial class HttpActor
{
    private readonly HashSet<BufferedRequest> _buffered = [];
    private readonly LinkedList<BufferedRequest> _waiting = new(); // those without a place, in order
    private int _running;

    private void Take(HttpOrder order)
    {
        var request = new BufferedRequest(order);
        _buffered.Add(request);
        if (HttpDeadline.Of(order.Params) is { } deadline)
        {
            Timers.StartSingleTimer(request, new DeadlineOver(request), deadline);
        }

        if (_waiting.Count == 0 && MayBegin(request))
        {
            Begin(request);
        }
        else
        {
            request.Waiting = _waiting.AddLast(request);
        }
    }

    // As many at once as there are places, while the client takes the answers.
    private bool MayBegin(BufferedRequest request) => _running < _environment.Settings.RequestsPerConnection && !request.Ref.Window.MustWait();

    private void BeginWaiting()
    {
        while (_waiting.First is { Value: var next } && MayBegin(next))
        {
            _waiting.RemoveFirst();
            next.Waiting = null;
            Begin(next);
        }
    }

    private void Begin(BufferedRequest request)
    {
        _running++;
        _ = _exchange.AnswerAsync(request, Self, new Ended(request));
    }

    private void OnEnded(Ended ended)
    {
        Forget(ended.Request);
        _running--;
        BeginWaiting();
    }

    // One that runs says itself what it was at.
    private void OnDeadline(BufferedRequest request)
    {
        if (request.Waiting is null)
        {
            request.Stop.Cancel();
        }
        else
        {
            Refuse(request, Errors.HttpSendFailed(request.Order.Call.Url.ToString()));
        }
    }

    // One that runs is answered here, and only then stopped: what its task still answers comes second, and the session lets it fall.
    private void GiveUp(BufferedRequest request)
    {
        Refuse(request, Errors.HttpCancelled);
        request.Stop.Cancel();
    }

    private void Refuse(BufferedRequest request, RpcError why)
    {
        if (request.Waiting is { } place)
        {
            _waiting.Remove(place);
            request.Waiting = null;
            request.Order.Body?.Dispose();
        }

        Forget(request);
        Answer(request.Ref, AnswerFrames.Error(request.Ref.Id, why));
    }

    private void Forget(BufferedRequest request)
    {
        _buffered.Remove(request);
        if (request.Order.Params.TimeoutMs is not null)
        {
            Timers.Cancel(request);
        }
    }

    /// <summary>A task has told the session its answer; its place is free.</summary>
    private sealed record Ended(BufferedRequest Request) : INoSerializationVerificationNeeded;

    private sealed record DeadlineOver(BufferedRequest Request) : INoSerializationVerificationNeeded;
}
