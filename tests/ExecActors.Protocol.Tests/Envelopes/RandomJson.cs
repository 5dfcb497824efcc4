using System.Globalization;
using System.Text;

namespace ExecActors.Protocol.Tests.Envelopes;

/// <summary>Valid JSON in all its spellings, drawn from a seed.</summary>
internal sealed class RandomJson(int seed)
{
    private static readonly string[] s_numbers = ["0", "-0", "7", "-12", "1.50", "2e9", "-3E-2", "9223372036854775807", "18446744073709551616"];
    private static readonly string[] s_texts = ["", "a", "process/start", "é", "😀", "\"q\"", "back\\slash", "line\n", "\0", "a/b", "\u007f\u2028"];
    private static readonly string[] s_blanks = ["", "", "", " ", "\n", "\t \r"];

    private readonly Random _random = new(seed);

    public Random Random => _random;

    /// <summary>A frame that is a message, or nearly one.</summary>
    public string Frame()
    {
        var members = new List<(string Name, string Value)>();
        Maybe(70, "id", () => Pick(["1", "-5", "\"t\"", "null", "1.0", "{}", Value(1)]));
        Maybe(80, "method", () => Pick([String("initialize"), String("process/read"), String("initialized"), String("x"), "5", Value(1)]));
        Maybe(70, "params", () => Value(4));
        Maybe(20, "result", () => Value(2));
        Maybe(20, "error", () => Pick(["{\"code\":1,\"message\":\"m\"}", "{\"code\":1}", Value(2)]));
        Maybe(25, "trace", () => Pick(["null", "{\"traceparent\":\"p\"}", "{\"tracestate\":null,\"traceparent\":1}", Value(2)]));
        Maybe(30, "jsonrpc", () => "\"2.0\"");
        Maybe(5, "id", () => "1");
        return Blank() + Object([.. members.OrderBy(_ => _random.Next())]) + Blank();

        void Maybe(int percent, string name, Func<string> value)
        {
            if (_random.Next(100) < percent)
            {
                members.Add((name, value()));
            }
        }
    }

    /// <summary>Any value, at most so many levels deep.</summary>
    public string Value(int levels) => _random.Next(levels > 0 ? 8 : 5) switch
    {
        0 => "null",
        1 => "true",
        2 => "false",
        3 => Pick(s_numbers),
        4 => String(Pick(s_texts)),
        5 => $"[{Blank()}{string.Join(Blank() + "," + Blank(), Enumerable.Range(0, _random.Next(4)).Select(_ => Value(levels - 1)))}{Blank()}]",
        _ => Object([.. Enumerable.Range(0, Pick([0, 1, 3, 20])).Select(i => (Name(i), Value(levels - 1)))]),
    };

    /// <summary>A string in a random spelling.</summary>
    public string String(string text)
    {
        var spelled = new StringBuilder("\"");
        foreach (var c in text)
        {
            var mustEscape = c is '"' or '\\' or < ' ';
            if (mustEscape || (!char.IsSurrogate(c) && _random.Next(8) == 0))
            {
                spelled.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                spelled.Append(c is '/' && _random.Next(4) == 0 ? "\\/" : c);
            }
        }

        return spelled.Append('"').ToString();
    }

    public T Pick<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    private string Name(int index) => _random.Next(30) == 0 ? "same" : $"{Pick(s_texts)}{index}";

    private string Object(IReadOnlyList<(string Name, string Value)> members) =>
        $"{{{Blank()}{string.Join(",", members.Select(m => Blank() + String(m.Name) + Blank() + ":" + Blank() + m.Value + Blank()))}}}";

    private string Blank() => Pick(s_blanks);
}
