using System.Text.Json;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>
/// What a client that comes and goes knows of one process: notifications and catch-up reads joined by their numbers, whichever tells of a record
/// first. Every record has to come, once by number, with the bytes of its place.
/// </summary>
/// <param name="streams">What each of its streams has to say.</param>
/// <param name="mayLose">Whether output may be gone if a read says so.</param>
internal sealed class ProcessView(IReadOnlyDictionary<string, NumberedLines> streams, bool mayLose = false)
{
    private readonly Dictionary<long, (string Stream, long At, int Length)> _known = [];
    private readonly SortedDictionary<long, Action> _early = [];
    private bool _isCaughtUp = true;
    private long _covered;
    private long _lastLive;

    /// <summary>The number that comes next.</summary>
    public long Next { get; private set; } = 1;

    /// <summary>Whether the process has ended and nothing more will come.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The exit code, once known.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Records that were lost and said to be.</summary>
    public long Lost { get; private set; }

    /// <summary>Begins with another connection: what comes live may be ahead until a read has brought the rest.</summary>
    public void Resumed() => (_isCaughtUp, _lastLive) = (false, 0);

    /// <summary>Takes the params of a notification.</summary>
    public void Notified(string method, JsonElement parameters)
    {
        var seq = parameters.GetProperty("seq").GetInt64();
        Expect(seq > _lastLive, $"number {seq} was notified after {_lastLive} on the same connection");
        Expect(!_isCaughtUp || seq == Next || (seq < Next && seq < _covered), $"number {seq} was notified where {Next} comes next");
        _lastLive = seq;
        switch (method)
        {
            case "process/output":
                Output(seq, parameters);
                break;
            case "process/exited":
                var exitCode = parameters.GetProperty("exitCode").GetInt32();
                InTurn(seq, () => ExitCode = exitCode);
                break;
            case "process/closed":
                InTurn(seq, () => IsClosed = true);
                break;
            default:
                throw new FaultFoundException($"notification {method} was not expected");
        }
    }

    /// <summary>Takes the result of a read of everything after a number.</summary>
    /// <param name="after">That number.</param>
    /// <param name="result">The result.</param>
    public void CaughtUp(long after, JsonElement result)
    {
        var isGone = result.TryGetProperty("firstSeq", out var firstSeq);
        if ((isGone && !mayLose) || result.GetProperty("failure").ValueKind != JsonValueKind.Null)
        {
            throw new FaultFoundException($"a read after {after} says that output is gone: firstSeq {firstSeq}, failure {result.GetProperty("failure")}");
        }

        if (isGone)
        {
            Expect(firstSeq.GetInt64() > after + 1, $"a read after {after} says that output is gone before {firstSeq}");
            after = firstSeq.GetInt64() - 1;
            SkipTo(firstSeq.GetInt64());
        }

        foreach (var chunk in result.GetProperty("chunks").EnumerateArray())
        {
            var seq = chunk.GetProperty("seq").GetInt64();
            Expect(seq == ++after, $"a read gives number {seq} where {after} comes next");
            Output(seq, chunk);
        }

        // Nothing is written after the exit here, so the last numbers are those of the exit and the close.
        _covered = result.GetProperty("nextSeq").GetInt64();
        var isClosed = result.GetProperty("closed").GetBoolean();
        if (result.GetProperty("exited").GetBoolean())
        {
            var exitCode = result.GetProperty("exitCode").GetInt32();
            InTurn(_covered - (isClosed ? 2 : 1), () => ExitCode = exitCode);
        }

        if (isClosed)
        {
            InTurn(_covered - 1, () => IsClosed = true);
        }

        Expect(Next >= _covered, $"a read says that {_covered} comes next, and what it gave ends before {Next}");
        Expect(_early.Count == 0, $"number {Next} was neither notified nor read, though {_early.Keys.FirstOrDefault()} was");
        _isCaughtUp = true;
    }

    private void Output(long seq, JsonElement record)
    {
        var bytes = record.GetProperty("chunk").GetBytesFromBase64();
        var stream = record.GetProperty("stream").GetString()!;
        var lines = streams[stream];
        if (_known.TryGetValue(seq, out var place))
        {
            Expect(place.Length == bytes.Length, $"number {seq} had {place.Length} bytes before and has {bytes.Length} now");
            Expect(place.Stream == stream, $"number {seq} was of {place.Stream} before and is of {stream} now");
            lines.Check(place.At, bytes);
            return;
        }

        InTurn(seq, () =>
        {
            if (lines.Append(bytes) is { } at)
            {
                _known.Add(seq, (stream, at, bytes.Length));
            }
        });
    }

    private void InTurn(long seq, Action take)
    {
        if (seq > Next)
        {
            _early.TryAdd(seq, take); // live, ahead of what the read will bring
            return;
        }

        if (seq < Next)
        {
            return;
        }

        take();
        Next++;
        TakeEarly();
    }

    private void TakeEarly()
    {
        while (_early.Remove(Next, out var next))
        {
            next();
            Next++;
        }
    }

    // What was notified meanwhile has not been lost, nor have exit and close.
    private void SkipTo(long seq)
    {
        while (Next < seq)
        {
            TakeEarly();
            if (Next >= seq)
            {
                return;
            }

            foreach (var lines in streams.Values)
            {
                lines.Lose();
            }

            Lost++;
            Next++;
        }

        TakeEarly();
    }

    private static void Expect(bool holds, string message)
    {
        if (!holds)
        {
            throw new FaultFoundException(message);
        }
    }
}
