namespace ExecActors.Integration.Tests.Replay;

/// <summary>Compares answers of <c>fs/*</c> whose values belong to the disk they were recorded on: times, sizes of folders, order of names.</summary>
public static class FileComparer
{
    /// <summary>Compares two results of <c>fs/getMetadata</c>.</summary>
    public static void CompareMetadata(JObject recorded, JObject actual)
    {
        var expected = (JObject)recorded.DeepClone();
        expected["modifiedAtMs"] = Expected.Any;
        if ((bool)expected["isDirectory"]!)
        {
            expected["size"] = Expected.Any;
        }

        var wasBorn = (long)expected["createdAtMs"]! > 0;
        if (!wasBorn && !ServerUnderTest.IsReference)
        {
            Differences.Use("created-at");
            wasBorn = true;
        }

        expected["createdAtMs"] = wasBorn ? Expected.Any : 0;
        Assert.True(Expected.Matches(expected, actual), $"recorded {recorded}, found {actual}");
        Assert.Equal(recorded.Properties().Select(member => member.Name), actual.Properties().Select(member => member.Name));
        var now = TimeProvider.System.GetUtcNow();
        foreach (var time in new[] { "createdAtMs", "modifiedAtMs" }.Where(time => time == "modifiedAtMs" || wasBorn))
        {
            Assert.InRange((long)actual[time]!, now.AddHours(-1).ToUnixTimeMilliseconds(), now.AddMinutes(1).ToUnixTimeMilliseconds());
        }
    }

    /// <summary>Compares two results of <c>fs/readDirectory</c>: the same entries in any order.</summary>
    public static void CompareDirectories(JObject recorded, JObject actual)
    {
        Assert.Equal(["entries"], actual.Properties().Select(member => member.Name));
        Assert.Equal(ByName(recorded), ByName(actual));
    }

    private static IEnumerable<string> ByName(JObject result) =>
        result["entries"]!.Select(entry => entry.ToString(Newtonsoft.Json.Formatting.None)).Order(StringComparer.Ordinal);
}
