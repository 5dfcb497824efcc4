using System.Buffers;

using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Settings;

using Microsoft.Extensions.Logging;

namespace ExecActors.Runtime.Http;

/// <summary>A request whose response comes in one piece: from sending it to the finished answer, apart from any actor.</summary>
/// <param name="engine">Sends.</param>
/// <param name="lookup">Finds addresses.</param>
/// <param name="settings">Bounds.</param>
/// <param name="log">Gets why an exchange failed.</param>
internal sealed class BufferedExchange(HttpEngine engine, NameLookup lookup, HttpSettings settings, ILogger log)
{
    private const int DecodeHereBytes = 256 * 1024;
    private const int PieceBytes = 48 * 1024;
    private const int RoomBytes = 4 * 1024;
    private const int FirstFrameBytes = 1024 * 1024;
    private const int HeadBytes = 2 * 1024;

    /// <summary>Runs the exchange and tells the session the answer, and then its actor that it has ended. Expected failures are answers too.</summary>
    /// <remarks>The answer goes from here to the session and not by way of the actor: a thread less to wake for each request.</remarks>
    /// <param name="request">What is asked; its body is taken over.</param>
    /// <param name="owner">The actor.</param>
    /// <param name="ended">What it is told.</param>
    /// <returns>Never fails.</returns>
    public async Task AnswerAsync(BufferedRequest request, IActorRef owner, INoSerializationVerificationNeeded ended)
    {
        var order = request.Order;
        var id = order.Ref.Id;
        BufferedAnswer answer;
        try
        {
            if (order.Params.BodyBase64?.Length > DecodeHereBytes)
            {
                await Task.Yield(); // decoding takes long, and until here the actor waits
            }

            if (!TryDecode(order.Body, out var body, out var count, out var error))
            {
                answer = new BufferedAnswer(AnswerFrames.Error(id, error), Reason: null);
            }
            else
            {
                using var ends = count;
                var outcome = await HttpSender.SendAsync(engine, lookup, HttpHop.First(order.Call, body), order.Params.RedirectPolicy, request.Stop.Token);
                using var reply = outcome.Reply;
                answer = reply is null
                    ? new BufferedAnswer(AnswerFrames.Error(id, outcome.Error), outcome.Reason)
                    : await CollectAsync(order.Ref, reply, request.Stop.Token);
            }
        }
        catch (BudgetSpentException)
        {
            answer = new BufferedAnswer(AnswerFrames.Error(id, Errors.Limit(BudgetSpentException.Key)), Reason: null);
        }
        catch (BodyTooLongException)
        {
            answer = TooLong(id);
        }
        catch (Exception e) when (HttpSender.IsExpected(e))
        {
            answer = new BufferedAnswer(AnswerFrames.Error(id, Errors.HttpBodyFailed), e.Message); // failures before the body are outcomes
        }
        catch (Exception e)
        {
            HttpLog.ExchangeLost(log, e, order.Params.RequestId);
            answer = new BufferedAnswer(AnswerFrames.Error(id, Errors.HttpLost), Reason: null);
        }

        if (answer.Reason is { } reason)
        {
            HttpLog.ExchangeFailed(log, order.Params.RequestId, reason);
        }

        order.Session.Tell(ServiceProtocol.Answer.To(order.Ref, answer.Frame), owner);
        owner.Tell(ended, ActorRefs.NoSender);
    }

    // Not given back to the pool: the handler may still be sending it when all is over.
    private static bool TryDecode(PayloadBytes? payload, out ReadOnlyMemory<byte> body, out IDisposable? count, out RpcError error)
    {
        body = default;
        count = null;
        error = default;
        if (payload is null)
        {
            return true;
        }

        var isDecoded = payload.TryDecode(out var lease, out error);
        body = isDecoded ? lease.Memory : default;
        count = lease.TakeCount();
        return isDecoded;
    }

    /// <summary>Encodes the body into the answer as it comes, so that it is held once.</summary>
    private async Task<BufferedAnswer> CollectAsync(RequestRef request, HttpReply reply, CancellationToken cancellationToken)
    {
        var id = request.Id;
        var expected = reply.Length;
        if (expected > settings.BufferedBodyBytes)
        {
            return TooLong(id);
        }

        using var frame = CountedFrameBuffer.Of((int)Math.Min(FirstFrameBytes, HeadBytes + ((expected ?? PieceBytes) * 4 / 3)), request.Window.Answers);
        WireWriter.BeginHttpResult(frame, id, reply.Status, reply.Headers);
        var raw = await reply.Response.Content.ReadAsStreamAsync(cancellationToken);
        await using var body = reply.Decoded(raw, request.Window.Answers, settings.BufferedBodyBytes);
        var piece = ArrayPool<byte>.Shared.Rent((int)Math.Min(PieceBytes, (expected ?? PieceBytes) + RoomBytes));
        var held = 0L;
        try
        {
            var filled = 0;
            for (int read; (read = await body.ReadAsync(piece.AsMemory(filled), cancellationToken)) > 0;)
            {
                filled += read;
                held += read;
                if (held > settings.BufferedBodyBytes)
                {
                    held -= read; // not taken from the budget
                    return TooLong(id);
                }

                if (!engine.Buffered.TryTake(read))
                {
                    held -= read;
                    return new BufferedAnswer(AnswerFrames.Error(id, Errors.Limit("http.buffered-bytes")), Reason: null);
                }

                if (piece.Length - filled < RoomBytes)
                {
                    var whole = filled - (filled % 3);
                    WireWriter.HttpBodyPiece(frame, piece.AsSpan(0, whole));
                    piece.AsSpan(whole, filled - whole).CopyTo(piece);
                    filled -= whole;
                }
            }

            WireWriter.HttpBodyPiece(frame, piece.AsSpan(0, filled));
            WireWriter.EndHttpResult(frame);
            return new BufferedAnswer(frame.Take(), Reason: null);
        }
        finally
        {
            engine.Buffered.GiveBack(held);
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private BufferedAnswer TooLong(RequestId id) =>
        new(AnswerFrames.Error(id, Errors.HttpBodyTooLong(settings.BufferedBodyBytes)), Reason: null);
}

/// <summary>The finished answer to a request whose response is not streamed.</summary>
/// <param name="Frame">Owned by the receiver.</param>
/// <param name="Reason">Why there was no response or not all of it, for the log; null otherwise.</param>
internal readonly record struct BufferedAnswer(ByteLease Frame, string? Reason);
