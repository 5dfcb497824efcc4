using System.Text;

namespace ExecActors.Integration.Tests.Replay;

/// <summary>Compares results of <c>http/request</c>.</summary>
public static class HttpComparer
{
    /// <summary>Compares two answers, their bodies too; where a body shows the request as the upstream saw it, that.</summary>
    /// <param name="recorded">What was recorded.</param>
    /// <param name="actual">What came.</param>
    /// <param name="isOlder">Whether the recorded server asked for no compressed bodies.</param>
    public static void Compare(JObject recorded, JObject actual, bool isOlder)
    {
        var expected = (JObject)recorded.DeepClone();
        foreach (var date in expected["headers"]!.Where(header => (string?)header["name"] == "date"))
        {
            date["value"] = Expected.Any;
        }

        if (Echo(recorded) is { } recordedEcho && Echo(actual) is { } echo)
        {
            expected["bodyBase64"] = Expected.Any;
            CompareEchoes(recordedEcho, echo, isOlder);
        }

        Assert.True(Expected.Matches(expected, actual), $"recorded {recorded}, found {actual}");
        Assert.Equal(recorded.Properties().Select(member => member.Name), actual.Properties().Select(member => member.Name));
    }

    private static void CompareEchoes(JObject recorded, JObject actual, bool isOlder)
    {
        if (ServerUnderTest.IsReference)
        {
            Assert.Equal(recorded, actual, JToken.EqualityComparer);
            return;
        }

        Differences.Use("request-header-form");
        Assert.Equal(WithoutHeaders(recorded), WithoutHeaders(actual), JToken.EqualityComparer);
        var asked = Headers(recorded);
        if (isOlder && !asked.Any(header => header.StartsWith("accept-encoding:", StringComparison.Ordinal)))
        {
            Differences.Use("decoded-bodies");
            asked = asked.Append("accept-encoding: zstd,gzip").OrderBy(header => header.Split(':')[0], StringComparer.Ordinal);
        }

        Assert.Equal(asked, Headers(actual));
    }

    /// <summary>The headers of a request by name: neither the order among different names nor the case of a name means anything.</summary>
    private static IEnumerable<string> Headers(JObject echo) =>
        echo["rawHeaders"]!.Values<string>().Chunk(2)
            .Select(pair => (Name: pair[0]!.ToLowerInvariant(), Value: pair[1]))
            .OrderBy(header => header.Name, StringComparer.Ordinal) // stable: repeated ones keep their order
            .Select(header => $"{header.Name}: {header.Value}");

    private static JObject WithoutHeaders(JObject echo)
    {
        var rest = (JObject)echo.DeepClone();
        rest.Remove("rawHeaders");
        return rest;
    }

    private static JObject? Echo(JObject result)
    {
        var body = Encoding.UTF8.GetString(Convert.FromBase64String((string)result["bodyBase64"]!));
        return body.StartsWith("{\"method\":", StringComparison.Ordinal) ? JObject.Parse(body) : null;
    }
}
