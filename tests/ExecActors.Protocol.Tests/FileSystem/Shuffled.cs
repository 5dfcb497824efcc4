using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ExecActors.Protocol.Tests.FileSystem;

/// <summary>JSON with the members of every object in another order.</summary>
internal static class Shuffled
{
    public static string Members(string json, Random random) => Shuffle(JToken.Parse(json), random).ToString(Formatting.Indented);

    private static JToken Shuffle(JToken token, Random random) => token switch
    {
        JObject map => new JObject(map.Properties().OrderBy(_ => random.Next()).Select(member => new JProperty(member.Name, Shuffle(member.Value, random)))),
        JArray list => new JArray(list.Select(element => Shuffle(element, random))),
        _ => token,
    };
}
