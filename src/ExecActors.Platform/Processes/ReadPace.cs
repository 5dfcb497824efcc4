using System.Diagnostics;

namespace ExecActors.Platform;

/// <summary>
/// Decides after each read of a stream whether to leave it alone for a while (<see cref="Reactor.Rest"/>). A program that writes in small pieces would
/// wake the reader, and all behind it, for every piece, and be held up by it each time: after a few small reads in a row the stream rests, and the rests become
/// longer until what gathers in one is worth its way to the client. A lone line is never held back; a flood of them costs what its bytes cost.
/// </summary>
/// <remarks>
/// A read is small by what it yields, not by what the program wrote: a reader that runs at once after each write of a page takes one page at a time, and the two go
/// in step. On a processor that others use too, a program may not run at all during a rest, so only the longest rest without a result ends a flood.
/// </remarks>
internal struct ReadPace
{
    /// <summary>So many small reads in quick succession make a flood of them.</summary>
    public const int QuickReads = 4;

    /// <summary>So often, at most, does that number double for a stream whose rests bring nothing.</summary>
    public const int MostDoublings = 4;

    /// <summary>What a small read stays below, in bytes. A stream that brings as much at once would soon fill its pipe, and its program wait for us.</summary>
    public const int SmallRead = ReadBuffer.Size / 2;

    /// <summary>When a rest brings less than this, in bytes, the next is twice as long; small enough for twice as much to stay below <see cref="SmallRead"/>.</summary>
    public const int Worthwhile = 12 * 1024;

    /// <summary>Quick is what an echo, with a round trip in between, is not: 20 microseconds, in ticks of <see cref="Stopwatch"/>.</summary>
    public static readonly long QuickTicks = Stopwatch.Frequency / 50_000;

    /// <summary>
    /// What is quick when nothing was written to the program's standard input in between: a millisecond. A program that has to share its
    /// processor with others, and with the reader of each of its pieces, may need long for the next, and would never be seen to be a flood.
    /// </summary>
    public static readonly long UnpromptedTicks = Stopwatch.Frequency / 1_000;

    /// <summary>The shortest rest: a tenth of a millisecond, in ticks of <see cref="Stopwatch"/>.</summary>
    public static readonly long ShortRest = Stopwatch.Frequency / 10_000;

    /// <summary>The longest rest: output is never held back longer for the sake of what follows it.</summary>
    public static readonly long LongRest = ShortRest * 8;

    private long _lastRead;
    private int _lastInput;
    private long _rest;
    private int _quickReads;
    private int _quickBytes;
    private int _doublings;

    /// <summary>One read was made.</summary>
    /// <param name="count">Its bytes.</param>
    /// <param name="now">When, by <see cref="Stopwatch.GetTimestamp"/>.</param>
    /// <param name="rested">Whether the stream had rested before it.</param>
    /// <param name="input">A count that has changed when something was written to the program's standard input.</param>
    /// <returns>How long the stream is to rest now, in ticks of <see cref="Stopwatch"/>; 0 when it is not to.</returns>
    public long RestAfter(int count, long now, bool rested, int input)
    {
        var isPrompted = input != _lastInput;
        var isQuick = now - _lastRead <= (isPrompted ? QuickTicks : UnpromptedTicks);
        (_lastRead, _lastInput) = (now, input);
        return rested ? AfterRest(count, isPrompted) : AfterRead(count, isQuick);
    }

    private long AfterRead(int count, bool isQuick)
    {
        if (!isQuick || count is 0 or >= SmallRead)
        {
            return End();
        }

        _quickBytes += count;
        return ++_quickReads >= QuickReads << _doublings ? _rest = ShortRest : 0;
    }

    private long AfterRest(int count, bool isPrompted)
    {
        if (count >= Worthwhile)
        {
            _doublings = 0;
            return count < SmallRead ? _rest : _rest > ShortRest ? _rest /= 2 : End();
        }

        // What a program answers to its input comes when it comes; the rest held it back.
        if (_rest < LongRest && !isPrompted)
        {
            return _rest *= 2;
        }

        // More than a few pieces: what they save is worth the rest.
        if (count > _quickBytes / _quickReads * QuickReads)
        {
            return _rest;
        }

        _doublings = Math.Min(_doublings + 1, MostDoublings);
        return End();
    }

    private long End()
    {
        (_quickReads, _quickBytes, _rest) = (0, 0, 0);
        return 0;
    }
}
