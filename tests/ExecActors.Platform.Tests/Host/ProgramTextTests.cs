using System.Text;

namespace ExecActors.Platform.Tests.Host;

/// <summary>Variables and arguments of this program, of which the framework has lost what is not UTF-8.</summary>
public sealed class ProgramTextTests
{
    private static readonly byte[] _value = [0x61, 0xFF, 0x62];

    [Fact]
    public void Variables_get_back_what_reading_as_UTF_8_has_lost()
    {
        var variables = new Dictionary<string, string> { ["A"] = "a\uFFFDb", ["B"] = "set later", ["C"] = "\uFFFD", ["N\uFFFD"] = "1", ["M\uFFFD"] = "1" };
        ProgramEnvironment.Restore(
            variables,
            [
                Entry("A="u8, _value),
                Entry("B="u8, _value),
                "C=\uFFFD"u8.ToArray(),
                Entry([0x4E, 0xFE, (byte)'='], "1"u8),
                Entry([0x4E, 0xFD, (byte)'='], "2"u8),
                Entry([0x4D, 0xFE, (byte)'='], "1"u8),
                "M\uFFFD=2"u8.ToArray(),
                "none"u8.ToArray(),
            ]);
        var expected = new Dictionary<string, string>
        {
            ["A"] = "a\uDCFFb",
            ["B"] = "set later",
            ["C"] = "\uFFFD",
            ["N\uDCFE"] = "1",
            ["N\uDCFD"] = "2",
            ["M\uDCFE"] = "1",
            ["M\uFFFD"] = "2",
        };
        Assert.Equal(expected.Order(KeyOrder), variables.Order(KeyOrder));
    }

    [Fact]
    public void This_programs_own_variables_are_there()
    {
        Environment.SetEnvironmentVariable("EXECACTORS_TEST_VARIABLE", "ä");
        Assert.Equal("ä", ProgramEnvironment.Variable("EXECACTORS_TEST_VARIABLE"));
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), ProgramEnvironment.Variable("PATH"));
    }

    [Fact]
    public void An_argument_that_is_not_UTF_8_is_found()
    {
        byte[] commandLine = [.. "dotnet\0x.dll\0run\0"u8, .. _value, 0, .. "\uFFFD\0"u8];
        Assert.Equal((1, "a\uDCFFb"), ProgramArguments.FindForeign(["run", "a\uFFFDb", "\uFFFD"], commandLine));
        Assert.Null(ProgramArguments.FindForeign(["run", "\uFFFD"], Encoding.UTF8.GetBytes("x\0run\0\uFFFD\0")));
        Assert.Equal((0, "\uFFFD"), ProgramArguments.FindForeign(["\uFFFD"], default)); // nothing shows that it was given like this
    }

    private static Comparer<KeyValuePair<string, string>> KeyOrder { get; } =
        Comparer<KeyValuePair<string, string>>.Create((a, b) => string.CompareOrdinal(a.Key, b.Key));

    private static byte[] Entry(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => [.. name, .. value];
}
