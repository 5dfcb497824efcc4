using System.Buffers;

using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Http;

/// <summary>A request whose response comes in one piece: from sending it to the finished answer, apart from any actor.</summary>
/// <param name="engine">Sends.</param>
/// <param name="lookup">Finds addresses.</param>
/// <param name="settings">Bounds.</param>
internal sealed class BufferedExchange(HttpEngine engine, NameLookup lookup, HttpSettings settings)
{
    private const int DecodeHereBytes = 256 * 1024;
    private const int PieceBytes = 48 * 1024;
    private const int RoomBytes = 4 * 1024;
    private const int FirstFrameBytes = 1024 * 1024;
    private const int HeadBytes = 2 * 1024;

    /// <summary>Runs the exchange; the answer is the receiver's. Expected failures are answers too.</summary>
    /// <param name="order">What is asked; its body is taken over.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    public async Task<BufferedAnswer> RunAsync(HttpOrder order, CancellationToken cancellationToken)
    {
        var id = order.Ref.Id;
        ReadOnlyMemory<byte> requestBody = default;
        if (order.Body is { } payload)
        {
            if (order.Params.BodyBase64?.Length > DecodeHereBytes)
            {
                await Task.Yield(); // it takes long, and until here the actor waits
            }

            // Not given back to the pool: the handler may still be sending it when all is over.
            if (!payload.TryDecode(out var lease, out var error))
            {
                return new BufferedAnswer(AnswerFrames.Error(id, error), Reason: null);
            }

            requestBody = lease.Memory;
        }

        var first = HttpHop.First(order.Call, requestBody);
        var outcome = await HttpSender.SendAsync(engine, lookup, first, order.Params.RedirectPolicy, cancellationToken);
        if (outcome.Reply is not { } reply)
        {
            return new BufferedAnswer(AnswerFrames.Error(id, outcome.Error), outcome.Reason);
        }

        using (reply)
        {
            try
            {
                return await CollectAsync(id, reply, cancellationToken);
            }
            catch (Exception e) when (HttpSender.IsExpected(e))
            {
                return new BufferedAnswer(AnswerFrames.Error(id, Errors.HttpBodyFailed), e.Message);
            }
        }
    }

    /// <summary>Encodes the body into the answer as it comes, so that it is held once.</summary>
    private async Task<BufferedAnswer> CollectAsync(RequestId id, HttpReply reply, CancellationToken cancellationToken)
    {
        var expected = reply.Response.Content.Headers.ContentLength;
        if (expected > settings.BufferedBodyBytes)
        {
            return TooLong(id);
        }

        using var frame = new FrameBuffer((int)Math.Min(FirstFrameBytes, HeadBytes + ((expected ?? PieceBytes) * 4 / 3)));
        WireWriter.BeginHttpResult(frame, id, reply.Status, reply.Headers);
        var body = await reply.Response.Content.ReadAsStreamAsync(cancellationToken);
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
internal sealed record BufferedAnswer(ByteLease Frame, string? Reason) : INoSerializationVerificationNeeded;
