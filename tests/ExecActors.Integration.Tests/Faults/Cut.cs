namespace ExecActors.Integration.Tests.Faults;

/// <summary>How a connection is to end.</summary>
internal enum CutKind
{
    /// <summary>A reset, as of a machine that dies.</summary>
    Reset,

    /// <summary>An end without a close frame.</summary>
    End,

    /// <summary>The connection stays open, nothing is sent or read any more.</summary>
    Silence,
}

/// <summary>Where and how a connection is to end.</summary>
/// <param name="Kind">How.</param>
/// <param name="SentBytes">After so many bytes to the server, even within a frame.</param>
/// <param name="ReceivedBytes">Or after so many from it.</param>
/// <param name="Pieces">How many bytes go out with one write: a slow writer's are few.</param>
internal sealed record Cut(CutKind Kind, long SentBytes, long ReceivedBytes, int Pieces = int.MaxValue)
{
    /// <summary>No cut.</summary>
    public static Cut Never { get; } = new(CutKind.End, long.MaxValue, long.MaxValue);

    /// <summary>Draws one: near or far, in either direction.</summary>
    public static Cut Next(Random random)
    {
        var kind = random.Next(10) switch { 0 => CutKind.Silence, < 4 => CutKind.End, _ => CutKind.Reset };
        var pieces = random.Next(12) == 0 ? random.Next(1, 8) : int.MaxValue;
        return random.Next(4) == 0
            ? new Cut(kind, random.Next(1, 900), long.MaxValue, pieces)
            : new Cut(kind, long.MaxValue, Spread(random, 1_500_000), pieces);
    }

    /// <summary>A number up to the limit, small ones as likely as large ones.</summary>
    private static long Spread(Random random, long limit) => (long)Math.Exp(random.NextDouble() * Math.Log(limit));
}
