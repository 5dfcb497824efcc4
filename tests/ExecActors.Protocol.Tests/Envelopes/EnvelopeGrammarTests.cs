namespace ExecActors.Protocol.Tests.Envelopes;

public sealed class EnvelopeGrammarTests
{
    [Theory]
    [InlineData("", "EOF while parsing a value at line 1 column 1")]
    [InlineData(" \t\r\n ", "EOF while parsing a value at line 2 column 2")]
    [InlineData("not json", "expected a JSON-RPC object at line 1 column 1")]
    [InlineData("json", "expected value at line 1 column 1")]
    [InlineData("}", "expected value at line 1 column 1")]
    [InlineData("\v{}", "expected value at line 1 column 1")]
    [InlineData("\uFEFF{}", "expected value at line 1 column 1")]
    [InlineData("/* */{}", "expected value at line 1 column 1")]
    [InlineData("[]", "expected a JSON-RPC object at line 1 column 1")]
    [InlineData("[{}]", "expected a JSON-RPC object at line 1 column 1")]
    [InlineData("\"str\"", "expected a JSON-RPC object at line 1 column 1")]
    [InlineData("-5", "expected a JSON-RPC object at line 1 column 1")]
    [InlineData("null", "expected a JSON-RPC object at line 1 column 1")]
    [InlineData("{", "EOF while parsing an object at line 1 column 2")]
    [InlineData("{\"a\":[1", "EOF while parsing a list at line 1 column 8")]
    [InlineData("{\"a\"", "expected `:` at line 1 column 5")]
    [InlineData("{\"a\":", "EOF while parsing a value at line 1 column 6")]
    [InlineData("{\"a", "EOF while parsing a string at line 1 column 4")]
    [InlineData("{\"a\\", "EOF while parsing a string at line 1 column 4")]
    [InlineData("{\"a\":1", "EOF while parsing an object at line 1 column 7")]
    [InlineData("{\"a\":1,", "EOF while parsing an object at line 1 column 8")]
    [InlineData("{\"a\":1,\n\"b\":}", "expected value at line 2 column 5")]
    [InlineData("{,}", "key must be a string at line 1 column 2")]
    [InlineData("{'a':1}", "key must be a string at line 1 column 2")]
    [InlineData("{a:1}", "key must be a string at line 1 column 2")]
    [InlineData("{\"a\":1 \"b\":2}", "expected `,` or `}` at line 1 column 8")]
    [InlineData("{\"a\":1]", "expected `,` or `}` at line 1 column 7")]
    [InlineData("{\"a\":[1}", "expected `,` or `]` at line 1 column 8")]
    [InlineData("{\"a\":1,}", "trailing comma at line 1 column 8")]
    [InlineData("{\"a\":[1,]}", "trailing comma at line 1 column 9")]
    [InlineData("{\"a\":[,1]}", "expected value at line 1 column 7")]
    [InlineData("{}}", "trailing characters at line 1 column 3")]
    [InlineData("{}{}", "trailing characters at line 1 column 3")]
    [InlineData("{} tail", "trailing characters at line 1 column 4")]
    [InlineData("{}\uFEFF", "trailing characters at line 1 column 3")]
    [InlineData("{\"a\":1,\"a\":2}", "duplicate JSON object key `a` at line 1 column 11")]
    [InlineData("{\"a\":1,\"\\u0061\":2}", "duplicate JSON object key `a` at line 1 column 16")]
    [InlineData("{\"x\":[{\"b\":[{\"a\":1,\"c\":{},\"a\":2}]}]}", "duplicate JSON object key `a` at line 1 column 30")]
    public void A_frame_that_is_not_one_object_is_refused_with_the_place(string frame, string problem) =>
        Assert.Equal(problem, Wire.Problem(frame));

    [Theory]
    [InlineData("01")]
    [InlineData("-")]
    [InlineData("-01")]
    [InlineData("+1")]
    [InlineData(".5")]
    [InlineData("1.")]
    [InlineData("1.e1")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("0x1")]
    [InlineData("NaN")]
    [InlineData("-Infinity")]
    [InlineData("truE")]
    [InlineData("tru")]
    [InlineData("nul")]
    [InlineData("nulll")]
    [InlineData("undefined")]
    [InlineData("'a'")]
    [InlineData("\"a\tb\"")]
    [InlineData("\"a\0b\"")]
    [InlineData("\"a\nb\"")]
    [InlineData("\"\\q\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"\\U0041\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\\ud800a\"")]
    [InlineData("\"\\ud800\\u0041\"")]
    [InlineData("\"\\ud800\\n\"")]
    [InlineData("\"\\udc00\\ud800\"")]
    [InlineData("\"\\ud800\\ud800\\udc00\"")]
    public void Bad_values_are_refused_wherever_they_stand(string value)
    {
        Assert.NotEmpty(Wire.Problem($$"""{"id":1,"method":"x","params":{{value}}}"""));
        Assert.NotEmpty(Wire.Problem($$"""{"id":1,"method":"x","params":[{"k":[{{value}}]}]}"""));
        Assert.NotEmpty(Wire.Problem($$"""{"id":1,"method":"x",{{value}}:1}"""));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("-0.0e-0")]
    [InlineData("1E+999999999999999999999")]
    [InlineData("123456789012345678901234567890.123456789")]
    [InlineData("\"\\/\\b\\f\\n\\r\\t\\\"\\\\\\u0000\"")]
    [InlineData("\"\\uD83D\\uDE00\\ud83d\\ude00\"")]
    [InlineData("\"\u007f\u0080é€😀\uFFFF\"")]
    [InlineData("{\"\":1,\"A\":1,\"a\":{\"a\":{\"A\":1}}}")]
    [InlineData("[[],{},[{}],\"\",true,false,null]")]
    public void Unusual_values_are_fine(string value) =>
        Assert.Equal(WireMethod.EnvironmentStatus, Wire.Scanned($$"""{"id":1,"method":"environment/status","x":{{value}}}""").Method);

    [Theory]
    [InlineData(0x80)] // a continuation alone
    [InlineData(0xC3, 0x28)] // no continuation
    [InlineData(0xC3)] // cut by the closing quote
    [InlineData(0xC0, 0xAF)] // overlong slash
    [InlineData(0xE0, 0x80, 0xAF)] // overlong slash in three
    [InlineData(0xED, 0xA0, 0x80)] // a surrogate
    [InlineData(0xF4, 0x90, 0x80, 0x80)] // beyond Unicode
    [InlineData(0xF8, 0x88, 0x80, 0x80, 0x80)] // five bytes
    [InlineData(0xFF)]
    [InlineData(0xF0, 0x9F, (int)'\\', (int)'n', 0x98, 0x80)] // cut by an escape
    public void Text_that_is_not_UTF_8_is_refused_in_names_and_values(params int[] text)
    {
        byte[] bad = [.. text.Select(b => (byte)b)];

        Assert.StartsWith("invalid unicode", Wire.Problem([.. Wire.Utf8("{\"method\":\"x\",\"params\":[\"ab"), .. bad, .. Wire.Utf8("\"]}")]), StringComparison.Ordinal);
        Assert.StartsWith("invalid unicode", Wire.Problem([.. Wire.Utf8("{\"method\":\"x\",\"é"), .. bad, .. Wire.Utf8("\":1}")]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sequence_cut_by_the_end_of_the_frame_is_refused() =>
        Assert.NotEmpty(Wire.Problem([.. Wire.Utf8("{\"method\":\"x\",\"a\":\"😀"), 0xF0, 0x9F]));
}
