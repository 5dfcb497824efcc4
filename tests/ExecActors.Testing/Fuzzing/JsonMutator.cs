using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ExecActors.Testing.Fuzzing;

/// <summary>Changes JSON messages as messages: a value of another type, a member gone, doubled elsewhere or renamed, in any spelling. What comes out is JSON again.</summary>
/// <param name="random">Decides everything.</param>
/// <param name="corpus">Messages, one of which is changed; values are taken from the others.</param>
public sealed class JsonMutator(Random random, IReadOnlyList<byte[]> corpus)
{
    private static readonly string[] _values =
    [
        "null", "true", "false", "0", "1", "-1", "-0", "1.5", "1e3", "18446744073709551615", "18446744073709551616", "9223372036854775807", "4294967296",
        "\"\"", "\"a\"", "\"file:///tmp\"", "\"file:///C:/x\"", "\"/tmp/\\u00e9\"", "\"..\"", "\"a\\u0000b\"", "\"YQ==\"", "\"write\"", "\"read\"", "\"none\"", "[]", "{}", "[null]",
        "[\"a\"]", "[[]]", "{\"type\":\"x\"}", "{\"a\":{}}",
    ];

    /// <summary>A message with one to four changes.</summary>
    public byte[] Next()
    {
        var message = Parse(Pick(corpus));
        for (var changes = 1 + Below(4); changes > 0; changes--)
        {
            Change(message);
        }

        return Encoding.UTF8.GetBytes(Spelled(message));
    }

    private void Change(JToken message)
    {
        var nodes = Nodes(message);
        if (nodes.Count == 0)
        {
            return;
        }

        var node = Pick(nodes);
        switch (Below(6))
        {
            case 0:
                node.Replace(JToken.Parse(Pick(_values)));
                break;
            case 1:
                node.Replace(Pick(nodes).DeepClone());
                break;
            case 2:
                (node.Parent is JProperty member ? member : node).Remove();
                break;
            case 3 when node.Parent is JProperty named && Pick(nodes).Parent is JProperty other:
                ((JObject)named.Parent!)[other.Name] = node.DeepClone();
                break;
            case 4 when Nodes(Parse(Pick(corpus))) is { Count: > 0 } others:
                node.Replace(Pick(others).DeepClone());
                break;
            default:
                (node as JArray)?.Add(Pick(nodes).DeepClone());
                break;
        }
    }

    /// <summary>The message with blanks and escapes here and there.</summary>
    private string Spelled(JToken message)
    {
        var plain = message.ToString(Formatting.None);
        if (Below(2) == 0)
        {
            return plain;
        }

        var spelled = new StringBuilder();
        var inString = false;
        for (var i = 0; i < plain.Length; i++)
        {
            var c = plain[i];
            if (c == '\\')
            {
                var length = plain[i + 1] == 'u' ? 6 : 2;
                spelled.Append(plain, i, length); // an escape that was there already
                i += length - 1;
            }
            else if (inString && c != '"' && !char.IsSurrogate(c) && Below(12) == 0)
            {
                spelled.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            }
            else
            {
                spelled.Append(c);
                inString ^= c == '"';
                if (!inString && (c is '{' or '[' or ',' or ':') && Below(10) == 0)
                {
                    spelled.Append(Pick([" ", "\n", "\t \r"]));
                }
            }
        }

        return spelled.ToString();
    }

    private static List<JToken> Nodes(JToken message) => [.. message.SelectTokens("$..*").Where(node => node.Parent is not null)];

    /// <summary>The message; an empty one for an input of the corpus that is no JSON.</summary>
    private static JToken Parse(byte[] json)
    {
        using var reader = new JsonTextReader(new StringReader(Encoding.UTF8.GetString(json))) { DateParseHandling = DateParseHandling.None };
        try
        {
            return JToken.Load(reader);
        }
        catch (JsonReaderException)
        {
            return new JObject();
        }
    }

    private T Pick<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    private int Below(int bound) => random.Next(bound);
}
