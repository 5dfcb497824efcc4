namespace ExecActors.Protocol.Tests.Methods;

public sealed class WireMethodsTests
{
    [Fact]
    public void Every_method_has_one_line_and_is_found_by_its_name()
    {
        Assert.Equal(Enum.GetValues<WireMethod>().Except([WireMethod.Unknown]), WireMethods.All.Select(info => info.Method));
        Assert.All(WireMethods.All, info => Assert.Same(info, WireMethods.Find(Wire.Utf8(info.Name))));
        Assert.All(WireMethods.All, info => Assert.Same(info, WireMethods.Of(info.Method)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("Initialize")]
    [InlineData("process/resize")]
    [InlineData("process/start ")]
    [InlineData("a name that is longer than all the names of the table")]
    public void Other_names_are_not_found(string name) => Assert.Null(WireMethods.Find(Wire.Utf8(name)));

    [Theory]
    [InlineData(WireMethod.ProcessStart, "exec")]
    [InlineData(WireMethod.ProcessTerminate, "exec")]
    [InlineData(WireMethod.EnvironmentInfo, "environment info")]
    [InlineData(WireMethod.EnvironmentStatus, "environment status")]
    public void Requests_belong_to_families(WireMethod method, string family) => Assert.Equal(family, WireMethods.Of(method).Family);

    [Theory]
    [InlineData(WireMethod.Unknown)]
    [InlineData((WireMethod)999)]
    public void What_is_no_method_has_no_line(WireMethod method) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => WireMethods.Of(method));
}
