using ExecActors.Protocol;
using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Frames;

/// <summary>
/// Keeps requests back for which the <see cref="RequestWindow"/> has no room, in order, so that the connection can be read on: what frees
/// room or is answered at once passes them.
/// </summary>
/// <remarks>
/// Plain state of a connection's graph. Bounded: once <c>limits.reserve-bytes</c> are used up, by what is kept back and by what passed while the
/// answers were not taken, the graph reads no further. Nothing kept back is refused, for a write that is refused while a later one is accepted
/// leaves a hole in a program's input.
/// Owns what it keeps until it is taken.
/// </remarks>
internal sealed class RequestReserve(LimitSettings limits, RequestWindow window) : IDisposable
{
    /// <summary>What a request counts at least, so that their number is bounded as well, and what the answer to one that passes counts.</summary>
    public const int LeastBytes = 4096;

    // As many requests as may wait hold no more than the parked bytes if none is larger.
    private readonly int _smallBytes = limits.ParkedBytes / limits.WaitingRequests;
    private readonly LinkedList<InboundMessage> _kept = new();
    private long _bytes;
    private long _passedBytes;

    /// <summary>Whether nothing is kept back.</summary>
    public bool IsEmpty => _kept.Count == 0;

    /// <summary>Whether a further message may come in, to pass or to be kept back. When not, the window wakes the graph once it may be otherwise.</summary>
    public bool HasRoom()
    {
        if (window.TakesAnswers)
        {
            _passedBytes = 0;
        }

        return _bytes < limits.ReserveBytes && window.HasReserve(answersTaken: _bytes + _passedBytes >= limits.ReserveBytes);
    }

    /// <summary>Whether a message goes ahead of what is kept back, although the window has no room.</summary>
    public bool TryPass(InboundMessage message)
    {
        var takesAnswers = window.TakesAnswers;
        if (!(IsControl(message) || (message.Weight <= _smallBytes && takesAnswers)) || IsBehindAny(message, _kept.Last))
        {
            return false;
        }

        _passedBytes += takesAnswers ? 0 : LeastBytes;
        return true;
    }

    /// <summary>Keeps a request back.</summary>
    public void Keep(InboundMessage message)
    {
        _kept.AddLast(message);
        _bytes += WeightOf(message);
    }

    /// <summary>The next request whose time has come: with room in the window the oldest, without it one that nothing stands in the way of any more.</summary>
    public bool TryTake(bool hasRoom, out InboundMessage message)
    {
        for (var node = _kept.First; node is not null; node = node.Next)
        {
            if (hasRoom || (IsControl(node.Value) && !IsBehindAny(node.Value, node.Previous)))
            {
                message = node.Value;
                _bytes -= WeightOf(message);
                _kept.Remove(node);
                return true;
            }
        }

        message = null!;
        return false;
    }

    /// <summary>Drops what is kept back: the connection is closing.</summary>
    public void Dispose()
    {
        while (TryTake(hasRoom: true, out var message))
        {
            message.Payload?.Dispose();
        }
    }

    // What ends something, or is answered at once with a few bytes.
    private static bool IsControl(InboundMessage message) =>
        message.Kind != InboundKind.Request
        || message.Problem is not null
        || message.Method is WireMethod.ProcessTerminate or WireMethod.ProcessSignal or WireMethod.HttpCancel
            or WireMethod.EnvironmentStatus or WireMethod.EnvironmentInfo or WireMethod.Initialize;

    private static bool IsBehindAny(InboundMessage message, LinkedListNode<InboundMessage>? last)
    {
        for (var node = last; node is not null; node = node.Previous)
        {
            if (IsBehind(message, node.Value))
            {
                return true;
            }
        }

        return false;
    }

    // Requests that have to do with each other keep their order, as they do in the actors behind.
    private static bool IsBehind(InboundMessage message, InboundMessage kept) =>
        Subject(message) is { } subject && subject == Subject(kept) && !Overtakes(message, kept);

    // An end overtakes whatever waits for the process to go on, but not its start. A look at it overtakes what is to be written.
    private static bool Overtakes(InboundMessage message, InboundMessage kept) => message.Params switch
    {
        ProcessTerminateParams or ProcessSignalParams => kept.Params is not ProcessStartParams,
        ProcessReadParams => kept.Params is ProcessWriteParams,
        _ => false,
    };

    private static (string Family, string Name)? Subject(InboundMessage message) => message.Params switch
    {
        ProcessStartParams start => ("process", start.ProcessId),
        ProcessReadParams read => ("process", read.ProcessId),
        ProcessWriteParams write => ("process", write.ProcessId),
        ProcessSignalParams signal => ("process", signal.ProcessId),
        ProcessTerminateParams terminate => ("process", terminate.ProcessId),
        HttpRequestParams request => ("http", request.RequestId),
        HttpCancelParams cancel => ("http", cancel.RequestId),
        null => null, // a refused message, or one of the environment
        _ => ("files", ""), // paths may be related in many ways: FileOrder knows, and is asked when there is room
    };

    private static int WeightOf(InboundMessage message) => Math.Max(message.Weight, LeastBytes);
}
