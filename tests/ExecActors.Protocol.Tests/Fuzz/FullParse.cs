using System.Globalization;
using System.Text.Json;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ExecActors.Protocol.Tests.Fuzz;

/// <summary>What a full parse by Newtonsoft.Json says of a JSON text, written again without blanks and escapes.</summary>
internal static class FullParse
{
    /// <summary>The text in its plain spelling; null when it has numbers that Newtonsoft cannot keep as they are written.</summary>
    /// <param name="json">JSON that an envelope scan has passed.</param>
    public static byte[]? Plain(ReadOnlyMemory<byte> json)
    {
        if (!HasPlainNumbers(json.Span))
        {
            return null;
        }

        using var reader = new JsonTextReader(new StringReader(Wire.Text(json))) { DateParseHandling = DateParseHandling.None, MaxDepth = JsonLimits.Depth };
        return Wire.Utf8(JToken.Load(reader).ToString(Formatting.None));
    }

    private static bool HasPlainNumbers(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonLimits.Depth });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number
                && !(reader.TryGetInt64(out var number) && reader.ValueSpan.SequenceEqual(Wire.Utf8(number.ToString(CultureInfo.InvariantCulture)))))
            {
                return false;
            }
        }

        return true;
    }
}
