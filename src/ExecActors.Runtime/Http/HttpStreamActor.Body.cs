using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Http;

/// <content>The body as notifications: read, told, read on when admitted.</content>
internal sealed partial class HttpStreamActor
{
    /// <summary>Notifications told to the session and not yet admitted to the connection.</summary>
    private const int MaxDeltas = 1;

    private const int RoomBytes = 4 * 1024;
    private const int DeltaOverhead = 160;

    private HttpReply? _reply;
    private Stream? _body;
    private byte[] _buffer = []; // rented while there is something to read
    private int _start; // what is read and not told
    private int _end;
    private bool _isReading; // into the buffer, from _end on
    private bool _isWaiting; // for something to read, without a buffer
    private bool _isFlowing; // the last read took all it could
    private bool _isOver; // nothing more is read
    private string? _bodyError;
    private int _inTurn;
    private ulong _sequence;
    private bool _isLastTold;

    private void Streaming(object message)
    {
        switch (message)
        {
            case BodyThere:
                OnBodyThere();
                break;
            case BodyRead read:
                OnBodyRead(read.Count);
                break;
            case BodyBroke broke:
                OnBodyBroke(broke.Error);
                break;
            case ServiceProtocol.Admitted:
                _inTurn--;
                Pump();
                break;
            case GiveUp:
                EndNow(Errors.HttpStreamCancelled);
                Context.Parent.Tell(GivenUp.Instance, Self);
                break;
            case Deadline:
                EndNow(Errors.HttpBodyBroken);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // The id is the stream's until the client was sent its end.
    private void Ending(object message)
    {
        switch (message)
        {
            case ServiceProtocol.Admitted:
                if (--_inTurn == 0)
                {
                    Context.Stop(Self);
                }

                break;
            case GiveUp:
                Context.Parent.Tell(GivenUp.Instance, Self);
                break;
            case BodyThere or BodyRead or BodyBroke:
                break; // a read that was under way
            case Deadline:
                break; // it was in the mailbox already
            default:
                Unhandled(message);
                break;
        }
    }

    private void BeginStream(HttpReply reply)
    {
        _reply = reply;
        using (var frame = new FrameBuffer(1024))
        {
            WireWriter.BeginHttpResult(frame, _order.Ref.Id, reply.Status, reply.Headers);
            WireWriter.EndHttpResult(frame);
            Answer(frame.Take());
        }

        Become(Streaming);
        _body = reply.Decoded(reply.Response.Content.ReadAsStream(), _order.Ref.Window.Answers, longest: long.MaxValue);
        Pump();
    }

    // Reads until the buffer is full or there is nothing more at the moment, then tells what there is.
    private void Pump()
    {
        while (_inTurn < MaxDeltas)
        {
            Fill();
            if (_end > _start)
            {
                TellDelta(_buffer.AsSpan(_start, _end - _start), done: false, error: null);
                _start = _end;
                ResetBuffer();
            }
            else if (_isOver)
            {
                TellLast();
                return;
            }
            else
            {
                return; // BodyThere, BodyRead or BodyBroke comes
            }
        }
    }

    private void Fill()
    {
        try
        {
            while (!_isOver && !_isReading && !_isWaiting && Room() >= RoomBytes)
            {
                // A stream may be silent for hours: it is waited for without a buffer.
                if (_isFlowing || Wait())
                {
                    Read();
                }
            }
        }
        catch (Exception e) when (HttpSender.IsExpected(e) || e is BudgetSpentException)
        {
            Break(e);
        }
    }

    private int Room() => _buffer.Length == 0 ? _environment.Settings.DeltaBytes : Math.Min(_buffer.Length, _environment.Settings.DeltaBytes) - _end;

    /// <summary>Whether there is something to read now; else a message comes when there is.</summary>
    private bool Wait()
    {
        var wait = _body!.ReadAsync(Memory<byte>.Empty, _stop.Token);
        if (wait.IsCompleted)
        {
            _ = wait.GetAwaiter().GetResult();
            return true;
        }

        _isWaiting = true;
        _ = wait.AsTask().PipeTo(Self, success: _ => BodyThere.Instance, failure: e => new BodyBroke(e));
        return false;
    }

    private void Read()
    {
        if (_buffer.Length == 0)
        {
            _buffer = BytePool.Rent(Math.Max(_environment.Settings.DeltaBytes, RoomBytes));
        }

        var read = _body!.ReadAsync(_buffer.AsMemory(_end, Room()), _stop.Token);
        if (read.IsCompleted)
        {
            TakeRead(read.GetAwaiter().GetResult());
            return;
        }

        _isReading = true;
        _ = read.AsTask().PipeTo(Self, success: count => new BodyRead(count), failure: e => new BodyBroke(e));
    }

    private void TakeRead(int count)
    {
        _isOver = count == 0;
        _isFlowing = count == Room();
        _end += count;
    }

    private void OnBodyRead(int count)
    {
        _isReading = false;
        TakeRead(count);
        Pump();
    }

    private void OnBodyThere()
    {
        _isWaiting = false;
        _isFlowing = true; // something is there: read it without asking again
        Pump();
    }

    private void OnBodyBroke(Exception error)
    {
        _isReading = false;
        _isWaiting = false;
        Break(error);
        Pump();
    }

    private void Break(Exception error)
    {
        HttpLog.ExchangeFailed(_environment.Log, _order.Params.RequestId, error.Message);
        _isOver = true;
        _bodyError = error is BudgetSpentException ? error.Message : Errors.HttpBodyBroken;
    }

    /// <summary>Ends the stream whatever is still to come; what was read and not told is dropped.</summary>
    private void EndNow(string error)
    {
        _stop.Cancel();
        _isOver = true;
        _bodyError = error;
        TellLast();
    }

    private void TellLast()
    {
        TellDelta(default, done: true, _bodyError);
        Timers.CancelAll();
        DropBody();
        Become(Ending);
    }

    private void TellDelta(ReadOnlySpan<byte> bytes, bool done, string? error)
    {
        using var buffer = new FrameBuffer(DeltaOverhead + _order.Params.RequestId.Length + ((bytes.Length + 2) / 3 * 4));
        WireWriter.BodyDelta(buffer, _order.Params.RequestId, ++_sequence, bytes, done, error);
        var frame = buffer.Take();
        _isLastTold = done;
        _inTurn++;
        var consequence = done ? new ServiceProtocol.Consequence(Context.Parent, Over()) : null;
        _order.Session.Tell(new HttpProtocol.Delta(_order.Ref.Epoch, frame, frame.Length) { Consequence = consequence }, Self);
    }

    private void ResetBuffer()
    {
        if (_isReading)
        {
            return; // it goes on behind what was told
        }

        _start = 0;
        _end = 0;
        if (_isWaiting || _isOver || _inTurn >= MaxDeltas)
        {
            ReturnBuffer();
        }
    }

    // A read under way has the buffer and the connection; the cancelled token makes it close the one and leave the other to the collector.
    private void DropBody()
    {
        if (!_isReading)
        {
            ReturnBuffer();
        }

        if (!_isReading && !_isWaiting)
        {
            _reply?.Dispose();
        }

        (_body as DecodedBody)?.Dispose();
        _buffer = [];
        _body = null;
        _reply = null;
    }

    private void ReturnBuffer()
    {
        if (_buffer.Length > 0)
        {
            BytePool.Return(_buffer);
            _buffer = [];
        }
    }

    /// <summary>Bytes were read into the buffer; 0 at the body's end.</summary>
    private sealed record BodyRead(int Count) : INoSerializationVerificationNeeded;

    /// <summary>There is something to read, or the end.</summary>
    private sealed record BodyThere : INoSerializationVerificationNeeded
    {
        public static BodyThere Instance { get; } = new();
    }

    /// <summary>The body ended early.</summary>
    private sealed record BodyBroke(Exception Error) : INoSerializationVerificationNeeded;
}
