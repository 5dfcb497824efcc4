using System.Text;

namespace ExecActors.Integration.Tests.Replay;

/// <summary>What is known of one process: its numbered events, whether notified or read, each number meaning one thing for ever.</summary>
public sealed class ProcessLedger(string processId)
{
    private readonly SortedDictionary<long, LedgerEvent> _events = [];

    /// <summary>Whether the exit is known.</summary>
    public bool HasExited { get; private set; }

    /// <summary>The exit code, once known.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Whether the exit was put down to the sandbox.</summary>
    public bool SandboxDenied { get; private set; }

    /// <summary>The number of the close; null until known.</summary>
    public long? ClosedSeq { get; private set; }

    /// <summary>The highest number seen.</summary>
    public long Last => _events.Count == 0 ? 0 : _events.Keys.Last();

    /// <summary>How many numbers are known.</summary>
    public int Count => _events.Count;

    /// <summary>The number of the exit; null when it was only learnt from a read.</summary>
    public long? ExitSeq => _events.Where(entry => entry.Value.Kind == "exited").Select(entry => (long?)entry.Key).FirstOrDefault();

    /// <summary>The number of the last output; 0 when there is none.</summary>
    public long LastOutputSeq => _events.Where(entry => entry.Value.Kind == "output").Select(entry => entry.Key).LastOrDefault();

    /// <summary>Takes a <c>process/…</c> notification.</summary>
    public void AddNotification(JObject notification)
    {
        var parameters = (JObject)notification["params"]!;
        var seq = (long)parameters["seq"]!;
        switch ((string?)notification["method"])
        {
            case "process/output":
                AddOutput(seq, parameters);
                break;
            case "process/exited":
                HasExited = true;
                ExitCode = (int)parameters["exitCode"]!;
                SandboxDenied = (bool)parameters["sandboxDenied"]!;
                Add(seq, new LedgerEvent("exited", "", $"{ExitCode}"));
                break;
            case "process/closed":
                ClosedSeq = seq;
                Add(seq, new LedgerEvent("closed", "", ""));
                break;
            default:
                Assert.Fail($"unexpected notification {notification}");
                break;
        }
    }

    /// <summary>Takes what a <c>process/read</c> answered.</summary>
    public void AddRead(JObject result, bool nextSeqIsCounter)
    {
        foreach (var chunk in result["chunks"]!.Cast<JObject>())
        {
            AddOutput((long)chunk["seq"]!, chunk);
        }

        if ((bool)result["exited"]!)
        {
            HasExited = true;
            ExitCode = (int)result["exitCode"]!;
            SandboxDenied = (bool)result["sandboxDenied"]!;
        }

        if ((bool)result["closed"]! && nextSeqIsCounter)
        {
            var closed = (long)result["nextSeq"]! - 1;
            Assert.Equal(ClosedSeq ?? closed, closed);
            ClosedSeq = closed;
        }
    }

    /// <summary>The whole of one stream up to and including a number.</summary>
    public string Stream(string stream, long upTo = long.MaxValue) =>
        string.Concat(_events.TakeWhile(entry => entry.Key <= upTo).Where(entry => entry.Value.Stream == stream).Select(entry => entry.Value.Text));

    /// <summary>The streams that have output.</summary>
    public IEnumerable<string> Streams => _events.Values.Where(entry => entry.Kind == "output").Select(entry => entry.Stream).Distinct();

    /// <summary>Whether this ledger has at least what the other one has.</summary>
    public bool Covers(ProcessLedger expected, long upTo = long.MaxValue) =>
        (HasExited || !expected.HasExited)
        && (ClosedSeq is not null || expected.ClosedSeq is null)
        && expected.Streams.All(stream => Stream(stream).Length >= expected.Stream(stream, upTo).Length);

    /// <summary>Compares it at the end with what was recorded: contents, exit, and a numbering without gaps.</summary>
    /// <param name="expected">What was recorded.</param>
    /// <param name="openOutput">Whether more output than recorded is fine.</param>
    public void AssertAgrees(ProcessLedger expected, bool openOutput)
    {
        foreach (var stream in Streams.Concat(expected.Streams).Distinct())
        {
            if (openOutput || expected.ClosedSeq is null)
            {
                Assert.StartsWith(expected.Stream(stream), Stream(stream), StringComparison.Ordinal);
            }
            else if (!expected.Stream(stream).Contains(ReadComparer.Elided, StringComparison.Ordinal))
            {
                Assert.Equal(expected.Stream(stream), Stream(stream));
            }
        }

        // A recording may end before the process: its end may come here, on a machine that takes longer.
        if (expected.ExitCode is not null)
        {
            Assert.Equal((expected.ExitCode, expected.SandboxDenied), (ExitCode, SandboxDenied));
        }

        if (ClosedSeq is { } closed)
        {
            Assert.True(Last <= closed, $"'{processId}' was closed with number {closed}, but number {Last} was seen");
            var missing = Enumerable.Range(1, (int)closed).Where(seq => !_events.ContainsKey(seq) && seq != closed).ToList();
            Assert.True(missing.Count <= (ExitSeq is null ? 1 : 0), $"numbers of '{processId}' that nobody saw: {string.Join(", ", missing)}");
        }
    }

    private void AddOutput(long seq, JObject chunk)
    {
        var data = (string)chunk["chunk"]!;
        var text = data == ReadComparer.Elided ? data : Encoding.Latin1.GetString(Convert.FromBase64String(data));
        Add(seq, new LedgerEvent("output", (string)chunk["stream"]!, text));
    }

    private void Add(long seq, LedgerEvent entry)
    {
        Assert.True(seq >= 1, $"number {seq} of '{processId}'");
        Assert.True(_events.TryAdd(seq, entry) || _events[seq] == entry, $"number {seq} of '{processId}' was {_events[seq]} and is now {entry}");
    }

    private sealed record LedgerEvent(string Kind, string Stream, string Text);
}
