using System.Text;

namespace ExecActors.Integration.Tests.Replay;

/// <summary>Compares answers to <c>process/read</c>: contents, flags and number rules, but not where chunks were cut.</summary>
public static class ReadComparer
{
    /// <summary>Stands in recordings for base64 that was left out.</summary>
    public const string Elided = "$elided";

    /// <summary>The retention every server has to offer: bytes of the newest output.</summary>
    private const int LeastRetained = 1024 * 1024;

    /// <summary>Our largest chunk; retention drops whole chunks, so up to one less than the promise may be there.</summary>
    private const int LargestChunk = 64 * 1024;

    /// <summary>Takes an answer that met a process in the middle of its run: only its shape can be compared, its contents are with the whole.</summary>
    public static void TakeMoment(JObject recorded, JObject actual, ProcessLedger ledger)
    {
        AssertShape(recorded, actual);
        Assert.Equal(JTokenType.Null, actual["failure"]!.Type);
        ledger.AddRead(actual, nextSeqIsCounter: false);
    }

    /// <summary>Compares one answer.</summary>
    /// <param name="request">The params sent.</param>
    /// <param name="recorded">The result recorded.</param>
    /// <param name="actual">The result received.</param>
    /// <param name="expectedLedger">What the recording knows of the process.</param>
    /// <param name="ledger">What was seen of the process; takes the answer's chunks.</param>
    public static void Compare(JObject request, JObject recorded, JObject actual, ProcessLedger expectedLedger, ProcessLedger ledger)
    {
        var isBudgeted = request["maxBytes"] is { Type: JTokenType.Integer } && actual["chunks"]!.Any();
        AssertShape(recorded, actual);
        foreach (var flag in new[] { "exited", "exitCode", "closed", "failure", "sandboxDenied" }.Except(MayVary(request, recorded)).Except(MayHaveCome(request, recorded, actual)))
        {
            Assert.True(Expected.Matches(recorded[flag]!, actual[flag]), $"{flag}: recorded {recorded[flag]}, found {actual}");
        }

        var counterBefore = ledger.Last + 1;
        ledger.AddRead(actual, !isBudgeted);
        var seqs = actual["chunks"]!.Select(chunk => (long)chunk["seq"]!).ToList();
        Assert.Equal(seqs.Order(), seqs);
        Assert.All(seqs, seq => Assert.True(seq > ((long?)request["afterSeq"] ?? 0), $"chunk {seq} was not asked for: {request}"));
        if (isBudgeted)
        {
            Assert.Equal(seqs[^1] + 1, (long)actual["nextSeq"]!);
        }
        else
        {
            // A notification of the close may overtake the answer of a poll that the exit had ended.
            var lowest = MayVary(request, recorded).Length == 0 ? Math.Max(counterBefore, ledger.Last + 1) : seqs.DefaultIfEmpty(0).Max() + 1;
            Assert.InRange((long)actual["nextSeq"]!, lowest, long.MaxValue);
        }

        CompareContents(request, recorded, actual, expectedLedger, ledger);
    }

    private static void CompareContents(JObject request, JObject recorded, JObject actual, ProcessLedger expectedLedger, ProcessLedger ledger)
    {
        if (recorded["chunks"]!.Any(chunk => (string?)chunk["chunk"] == Elided))
        {
            AssertNewestPart(request, actual, ledger);
            return;
        }

        var runsOn = RunsOn(request, recorded);
        foreach (var stream in Streams(recorded).Concat(Streams(actual)).Distinct())
        {
            var (before, now) = (Content(recorded, stream), Content(actual, stream));
            if (request["maxBytes"] is not { Type: JTokenType.Integer })
            {
                before = WithoutSeen(before, stream, request, expectedLedger, ledger);
            }

            Assert.True(runsOn ? now.StartsWith(before, StringComparison.Ordinal) : now == before, $"{stream}: recorded '{before}', found '{now}'");
        }

        // Cut at the same places as in the recording, and from one stream: then the numbers themselves have to be the same.
        if (!runsOn && MayVary(request, recorded).Length == 0 && expectedLedger.Count == ledger.Count && expectedLedger.ExitSeq == ledger.ExitSeq
            && Streams(recorded).Distinct().Count() <= 1)
        {
            Assert.Equal((long)recorded["nextSeq"]!, (long)actual["nextSeq"]!);
            Assert.Equal(recorded["chunks"]!, actual["chunks"]!, JToken.EqualityComparer);
        }
    }

    /// <summary>What was recorded behind a number, less or more by what the chunks up to that number hold here: writes may have been read together.</summary>
    private static string WithoutSeen(string recorded, string stream, JObject request, ProcessLedger expectedLedger, ProcessLedger ledger)
    {
        var afterSeq = (long?)request["afterSeq"] ?? 0;
        var whole = expectedLedger.Stream(stream);
        return afterSeq > 0 && whole.EndsWith(recorded, StringComparison.Ordinal) && whole.Length >= ledger.Stream(stream, afterSeq).Length
            ? whole[ledger.Stream(stream, afterSeq).Length..]
            : recorded;
    }

    /// <summary>A long poll ends with the exit; whether the close has been numbered by then is a race of microseconds.</summary>
    private static string[] MayVary(JObject request, JObject recorded) =>
        (bool)recorded["exited"]! && request["waitMs"] is { Type: JTokenType.Integer } wait && (long)wait > 0 ? ["closed"] : [];

    /// <summary>A look at a process in the middle of its run: a busy machine may show more of it than was recorded.</summary>
    private static bool RunsOn(JObject request, JObject recorded) =>
        recorded["closed"] is { Type: JTokenType.Boolean } closed && !(bool)closed && request["waitMs"] is not { Type: JTokenType.Integer };

    /// <summary>With more of its output than was recorded its end may have come, too; what it was is compared where it was recorded.</summary>
    private static string[] MayHaveCome(JObject request, JObject recorded, JObject actual) =>
        RunsOn(request, recorded) && !(bool)recorded["exited"]! && Streams(actual).Distinct().Any(stream => Content(actual, stream).Length > Content(recorded, stream).Length)
            ? ["exited", "exitCode", "closed"]
            : [];

    private static void AssertShape(JObject recorded, JObject actual)
    {
        var members = actual.Properties().Select(member => member.Name).ToHashSet();
        if (!ServerUnderTest.IsReference && members.Remove("firstSeq"))
        {
            Differences.Use("first-seq");
            Assert.True(actual["firstSeq"] is { Type: JTokenType.Integer } first && (long)first >= 1, $"firstSeq is a number from 1: {actual}");
        }

        Assert.Equal(recorded.Properties().Select(member => member.Name).Where(name => name != "chunksElided").Order(), members.Order());
        Assert.All(actual["chunks"]!.Cast<JObject>(), chunk => Assert.Equal(["seq", "stream", "chunk"], chunk.Properties().Select(member => member.Name)));
    }

    /// <summary>A burst was larger than what is kept: the answer is its newest part, whole chunks without a hole.</summary>
    private static void AssertNewestPart(JObject request, JObject actual, ProcessLedger ledger)
    {
        if (request["maxBytes"] is { Type: JTokenType.Integer })
        {
            Assert.Single(actual["chunks"]!); // the first is always whole, and larger than the budget
            return;
        }

        var (kept, whole) = (Content(actual, "stdout"), ledger.Stream("stdout"));
        Assert.EndsWith(kept, whole, StringComparison.Ordinal);
        Assert.InRange(kept.Length, Math.Min(whole.Length, LeastRetained - LargestChunk), ServerUnderTest.IsReference ? LeastRetained : whole.Length);
        if (!ServerUnderTest.IsReference)
        {
            Differences.Use("retained-output");
        }
    }

    private static IEnumerable<string> Streams(JObject result) => result["chunks"]!.Select(chunk => (string)chunk["stream"]!);

    private static string Content(JObject result, string stream) => string.Concat(
        result["chunks"]!.Where(chunk => (string?)chunk["stream"] == stream).Select(chunk => Encoding.Latin1.GetString(Convert.FromBase64String((string)chunk["chunk"]!))));
}
