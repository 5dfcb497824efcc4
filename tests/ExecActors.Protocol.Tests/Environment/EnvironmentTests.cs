namespace ExecActors.Protocol.Tests.Environment;

public sealed class EnvironmentTests
{
    private const string Full =
        """
        {"shell":{"name":"bash","path":"/bin/bash"},"executorVersion":"0.171.0","providerId":"sha256:00","cwd":"file:///workspace","userHomeDir":"file:///home/demo","platformOs":"linux","prependPathDirs":["file:///opt/codex/codex-path"],"temporaryDirectories":["file:///tmp"],"tempDir":"file:///tmp","capabilities":{"networkProxyLaunch":true,"windowsMxc":false}}
        """;

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData(" { } ")]
    public void Methods_without_params_take_nothing_null_and_an_empty_object(string json) =>
        Assert.True(NoParams.TryDecode(Wire.Utf8(json), out _));

    [Theory]
    [InlineData("""{"a":1}""", "invalid type: map, expected unit")]
    [InlineData("[]", "invalid type: sequence, expected unit")]
    [InlineData("5", "invalid type: number, expected unit")]
    [InlineData("\"x\"", "invalid type: string \"x\", expected unit")]
    [InlineData("true", "invalid type: boolean `true`, expected unit")]
    public void Anything_else_is_refused(string json, string message)
    {
        Assert.False(NoParams.TryDecode(Wire.Utf8(json), out var error));
        Assert.Equal(new RpcError(ErrorCodes.InvalidParams, message), error);
    }

    [Fact]
    public void The_reference_servers_info_is_read_and_written_as_it_was()
    {
        var info = Wire.Deserialized<EnvironmentInfo>(Full);

        Assert.Equal(new ShellInfo("bash", "/bin/bash"), info.Shell);
        Assert.Equal("file:///workspace", info.Cwd);
        Assert.True(info.Can("networkProxyLaunch"));
        Assert.False(info.Can("windowsMxc"));
        Assert.False(info.Can("never heard of"));
        Assert.Equal(Full, Wire.Text(Wire.Serialized(info)));
    }

    [Fact]
    public void Info_is_written_as_the_serializer_would_and_without_what_is_not_known()
    {
        EnvironmentInfo[] infos =
        [
            Wire.Deserialized<EnvironmentInfo>(Full),
            new(new ShellInfo("sh", "/a \"\\\n\u0001é")),
            new(new ShellInfo("", "")) { PrependPathDirs = [], TemporaryDirectories = ["file:///a", "file:///b"], Capabilities = [] },
        ];

        Assert.All(infos, info => Assert.Equal(Wire.Text(Wire.Serialized(info)), Wire.Written(w => WireWriter.EnvironmentInfo(w, info))));
    }

    [Fact]
    public void An_older_servers_info_has_the_shell_alone()
    {
        var info = Wire.Deserialized<InitializeResponse>("""{"sessionId":"s","environmentInfo":{"shell":{"name":"sh","path":"sh"},"future":1}}""");

        Assert.Equal(new ShellInfo("sh", "sh"), info.EnvironmentInfo!.Shell);
        Assert.False(info.EnvironmentInfo.Can("fsWatchMissing"));
        Assert.Null(Wire.Deserialized<InitializeResponse>("""{"sessionId":"s"}""").EnvironmentInfo);
    }
}
