using System.Diagnostics;

namespace ExecActors.Platform;

/// <summary>
/// Decides after each read of a stream whether to leave it alone for a while (<see cref="Reactor.Rest"/>). A program that writes line by line would
/// wake the reader, and all behind it, for every line: after a few small reads in quick succession the stream rests, for as long as more gathers in
/// a rest than those few brought. Rests become longer until what gathers is worth its way to the client. A lone line is never held back; a flood of
/// them costs what its bytes cost.
/// </summary>
internal struct ReadPace
{
    /// <summary>So many small reads in quick succession make a flood of them.</summary>
    public const int QuickReads = 4;

    /// <summary>What a small read stays below, in bytes: whole pages are worth their message.</summary>
    public const int SmallRead = 4096;

    /// <summary>A stream that gathers as much as this in a rest, in bytes, would soon fill its pipe, and its program wait for us.</summary>
    public const int RestBelow = ReadBuffer.Size / 2;

    /// <summary>When a rest brings less than this, in bytes, the next is twice as long; small enough for twice as much to stay below <see cref="RestBelow"/>.</summary>
    public const int Worthwhile = 12 * 1024;

    /// <summary>Quick is what an echo, with a round trip in between, is not: 20 microseconds, in ticks of <see cref="Stopwatch"/>.</summary>
    public static readonly long QuickTicks = Stopwatch.Frequency / 50_000;

    /// <summary>
    /// What is quick when nothing was written to the program's standard input in between: a tenth of a millisecond. A program that has to share its
    /// processor with the reader of each of its lines may need longer than <see cref="QuickTicks"/> for the next, and would never be seen to be a flood.
    /// </summary>
    public static readonly long UnpromptedTicks = Stopwatch.Frequency / 10_000;

    /// <summary>The shortest rest: a tenth of a millisecond, in ticks of <see cref="Stopwatch"/>.</summary>
    public static readonly long ShortRest = Stopwatch.Frequency / 10_000;

    /// <summary>The longest rest: output is never held back longer for the sake of what follows it.</summary>
    public static readonly long LongRest = ShortRest * 8;

    private long _lastRead;
    private int _lastInput;
    private long _rest;
    private int _quickReads;
    private int _quickBytes;

    /// <summary>One read was made.</summary>
    /// <param name="count">Its bytes.</param>
    /// <param name="now">When, by <see cref="Stopwatch.GetTimestamp"/>.</param>
    /// <param name="rested">Whether the stream had rested before it.</param>
    /// <param name="input">A count that has changed when something was written to the program's standard input.</param>
    /// <returns>How long the stream is to rest now, in ticks of <see cref="Stopwatch"/>; 0 when it is not to.</returns>
    public long RestAfter(int count, long now, bool rested, int input)
    {
        var quick = input == _lastInput ? UnpromptedTicks : QuickTicks;
        var isQuick = rested ? count > _quickBytes * (_rest / ShortRest) : count is > 0 and < SmallRead && now - _lastRead <= quick;
        (_lastRead, _lastInput) = (now, input);
        if (!isQuick || (count >= RestBelow && _rest <= ShortRest))
        {
            (_quickReads, _quickBytes, _rest) = (0, 0, 0);
            return 0;
        }

        if (rested)
        {
            return _rest = count < Worthwhile ? Math.Min(_rest * 2, LongRest) : count >= RestBelow ? _rest / 2 : _rest;
        }

        _quickBytes += count;
        return ++_quickReads >= QuickReads ? _rest = ShortRest : 0;
    }
}
