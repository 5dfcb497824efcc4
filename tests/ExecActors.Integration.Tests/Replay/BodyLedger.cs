using System.Text;

namespace ExecActors.Integration.Tests.Replay;

/// <summary>One streamed body: its deltas, each with the next number, and how it ended.</summary>
public sealed class BodyLedger
{
    private readonly StringBuilder _content = new();
    private long _next = 1;

    /// <summary>Whether the terminal frame came.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The terminal frame's error.</summary>
    public string? Error { get; private set; }

    /// <summary>The body so far, a character per byte.</summary>
    public string Content => _content.ToString();

    /// <summary>The ledger that the next delta with this id belongs to: a new one once the last has its terminal frame.</summary>
    public static BodyLedger Next(Dictionary<string, List<BodyLedger>> bodies, string requestId)
    {
        if (!bodies.TryGetValue(requestId, out var list))
        {
            bodies[requestId] = list = [];
        }

        if (list.Count == 0 || list[^1].IsDone)
        {
            list.Add(new BodyLedger());
        }

        return list[^1];
    }

    /// <summary>Takes the params of an <c>http/request/bodyDelta</c>.</summary>
    public void Add(JObject parameters)
    {
        Assert.Equal(["requestId", "seq", "deltaBase64", "done", "error"], parameters.Properties().Select(member => member.Name));
        Assert.Equal(_next++, (long)parameters["seq"]!);
        _content.Append(Encoding.Latin1.GetString(Convert.FromBase64String((string)parameters["deltaBase64"]!)));
        (IsDone, Error) = ((bool)parameters["done"]!, (string?)parameters["error"]);
        Assert.True(IsDone || Error is null, $"an error without an end: {parameters}");
    }

    /// <summary>Whether this one has at least what the other has, or has ended.</summary>
    public bool Covers(BodyLedger expected) => IsDone || (!expected.IsDone && _content.Length >= expected._content.Length);

    /// <summary>Compares it at the end with what was recorded.</summary>
    /// <param name="expected">What was recorded.</param>
    /// <param name="openEnd">Whether it matters where the body was cut: not if a deadline cut it.</param>
    public void AssertAgrees(BodyLedger expected, bool openEnd)
    {
        Assert.Equal((expected.IsDone, expected.Error), (IsDone, Error));
        var length = openEnd ? Math.Min(Content.Length, expected.Content.Length) : int.MaxValue;
        Assert.Equal(Cut(expected.Content, length), Cut(Content, length));
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
