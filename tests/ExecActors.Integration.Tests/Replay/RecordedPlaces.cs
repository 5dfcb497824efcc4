using System.Text;

namespace ExecActors.Integration.Tests.Replay;

/// <summary>Puts this run's folder and upstream addresses in the place of the recorded ones, inside base64 too.</summary>
public sealed class RecordedPlaces(IReadOnlyDictionary<string, string> places)
{
    private static readonly HashSet<string> Base64Members = ["chunk", "dataBase64", "bodyBase64", "deltaBase64"];

    /// <summary>The folder that the recordings worked in.</summary>
    public const string Folder = "/tmp/exec-fixture";

    /// <summary>A recorded message as it is in this run.</summary>
    public JToken Localize(JToken recorded)
    {
        var here = recorded.DeepClone();
        foreach (var value in here.SelectTokens("$..*").OfType<JValue>().Where(value => value.Type == JTokenType.String).ToList())
        {
            var isBase64 = value.Parent is JProperty { Name: var name } && Base64Members.Contains(name);
            value.Value = isBase64 ? ReplaceInBase64((string)value!) : Replace((string)value!);
        }

        return here;
    }

    private string Replace(string text) => places.Aggregate(text, (current, place) => current.Replace(place.Key, place.Value, StringComparison.Ordinal));

    /// <summary>What is no base64, and what names no place, stays as it is: bad base64 is part of some recordings.</summary>
    private string ReplaceInBase64(string text)
    {
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var count))
        {
            return text;
        }

        var content = Encoding.Latin1.GetString(bytes, 0, count);
        var here = Replace(content);
        return here == content ? text : Convert.ToBase64String(Encoding.Latin1.GetBytes(here));
    }
}
