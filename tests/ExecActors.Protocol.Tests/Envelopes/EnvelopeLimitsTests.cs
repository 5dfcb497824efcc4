using System.Globalization;

namespace ExecActors.Protocol.Tests.Envelopes;

public sealed class EnvelopeLimitsTests
{
    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Below_the_message_object_126_levels_may_open(string open, string close)
    {
        Assert.Equal(WireMethod.EnvironmentStatus, Wire.Scanned(Nested(126)).Method);
        Assert.StartsWith("recursion limit exceeded", Wire.Problem(Nested(127)), StringComparison.Ordinal);

        string Nested(int levels)
        {
            var opening = string.Concat(Enumerable.Repeat(open, levels));
            var closing = string.Concat(Enumerable.Repeat(close, levels));
            return $$"""{"id":1,"method":"environment/status","x":{{opening}}{{(open.Length > 1 ? "1" : "")}}{{closing}}}""";
        }
    }

    [Fact]
    public void A_level_that_closed_may_open_again()
    {
        var siblings = string.Join(',', Enumerable.Repeat("[[[[]]]]", 1000));

        Assert.Equal(WireMethod.Initialized, Wire.Scanned($$"""{"x":[{{siblings}}],"method":"initialized"}""").Method);
    }

    [Fact]
    public void A_message_may_hold_262144_values_names_not_counted()
    {
        // Four are the message object, the id, the method and the container.
        const int Most = JsonLimits.Values - 4;

        Assert.Equal(WireMethod.EnvironmentStatus, Wire.Scanned(Elements(Most)).Method);
        Assert.Equal(WireMethod.EnvironmentStatus, Wire.Scanned(Members(Most)).Method);
        Assert.StartsWith("JSON-RPC message exceeds the limit of 262144 JSON values", Wire.Problem(Elements(Most + 1)), StringComparison.Ordinal);
        Assert.StartsWith("JSON-RPC message exceeds the limit of 262144 JSON values", Wire.Problem(Members(Most + 1)), StringComparison.Ordinal);

        static string Elements(int count) => Around($"[{string.Join(',', Enumerable.Repeat("0", count))}]");

        static string Members(int count) => Around(
            $"{{{string.Join(',', Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"k{i}\":0")))}}}");

        static string Around(string value) => $$"""{"id":1,"method":"environment/status","x":{{value}}}""";
    }

    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(18)]
    [InlineData(100)]
    [InlineData(5000)]
    public void A_repeated_name_is_found_in_objects_of_any_size(int count)
    {
        var names = Enumerable.Range(0, count).Select(i => $"name{i}").ToArray();
        Assert.Equal(WireMethod.Initialized, Wire.Scanned(Object(names)).Method);

        foreach (var (kept, repeated) in new[] { (0, count - 1), (count / 3, count - 1), (0, 1), (count - 2, count - 1) })
        {
            var changed = names.ToArray();
            changed[repeated] = names[kept];
            Assert.Contains($"duplicate JSON object key `{names[kept]}`", Wire.Problem(Object(changed)), StringComparison.Ordinal);
            changed[repeated] = $"\\u006e{names[kept][1..]}";
            Assert.Contains($"duplicate JSON object key `{names[kept]}`", Wire.Problem(Object(changed)), StringComparison.Ordinal);
        }

        static string Object(string[] names) =>
            $$$"""{"method":"initialized","params":[{"name0":{{{{string.Join(',', names.Select(name => $"\"{name}\":{{\"name1\":0}}"))}}}}}]}""";
    }
}
