using Akka.Actor;

using ExecActors.Platform;
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

        if (_running < _environment.Settings.RequestsPerConnection)
        {
            Begin(request);
        }
        else
        {
            request.Waiting = _waiting.AddLast(request);
        }
    }

    private void Begin(BufferedRequest request)
    {
        _running++;
        _ = _exchange.RunAsync(request.Order, request.Stop.Token)
            .PipeTo(Self, success: answer => new Collected(request, answer), failure: e => new CollectBroke(request, e));
    }

    private void OnCollected(Collected collected)
    {
        var (request, answer) = collected;
        if (answer.Reason is { } reason)
        {
            HttpLog.ExchangeFailed(_environment.Log, request.Order.Params.RequestId, reason);
        }

        if (request.IsGivenUp)
        {
            answer.Frame.Dispose();
            End(request, AnswerFrames.Error(request.Ref.Id, Errors.HttpCancelled));
        }
        else
        {
            End(request, answer.Frame);
        }
    }

    private void OnCollectBroke(CollectBroke broke)
    {
        HttpLog.ExchangeLost(_environment.Log, broke.Error, broke.Request.Order.Params.RequestId);
        End(broke.Request, AnswerFrames.Error(broke.Request.Ref.Id, Errors.HttpLost));
    }

    // One that runs says itself what it was at.
    private void OnDeadline(BufferedRequest request)
    {
        if (request.Waiting is not null)
        {
            End(request, AnswerFrames.Error(request.Ref.Id, Errors.HttpSendFailed(request.Order.Call.Url.ToString())));
        }
        else
        {
            request.Stop.Cancel();
        }
    }

    private void GiveUp(BufferedRequest request)
    {
        request.IsGivenUp = true;
        if (request.Waiting is not null)
        {
            End(request, AnswerFrames.Error(request.Ref.Id, Errors.HttpCancelled));
        }
        else
        {
            request.Stop.Cancel();
        }
    }

    private void End(BufferedRequest request, ByteLease answer)
    {
        _buffered.Remove(request);
        Timers.Cancel(request);
        Answer(request.Ref, answer);
        if (request.Waiting is { } place)
        {
            _waiting.Remove(place);
            request.Order.Body?.Dispose();
        }
        else
        {
            _running--;
            if (_waiting.First is { } next)
            {
                _waiting.RemoveFirst();
                next.Value.Waiting = null;
                Begin(next.Value);
            }
        }

        OnEnded(request);
    }

    private sealed record Collected(BufferedRequest Request, BufferedAnswer Answer) : INoSerializationVerificationNeeded;

    private sealed record CollectBroke(BufferedRequest Request, Exception Error) : INoSerializationVerificationNeeded;

    private sealed record DeadlineOver(BufferedRequest Request) : INoSerializationVerificationNeeded;
}
