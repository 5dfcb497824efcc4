namespace ExecActors.Protocol.Tests.FileSystem;

public sealed class FsParamsTests
{
    [Theory]
    [InlineData("readFile", """{"path":"file:///a"}""", """{"path":"file:///a","followSymlinks":true}""")]
    [InlineData("readFile", """{"path":"/d/../a b/","followSymlinks":false,"sandbox":null,"offset":5}""", """{"path":"file:///a%20b","followSymlinks":false}""")]
    [InlineData("readFile", """{"path":"file:///%FF","followSymlinks":null}""", """{"path":"file:///%FF","followSymlinks":true}""")]
    [InlineData("getMetadata", """{"x":{"path":5},"p\u0061th":"file:\/\/\/a"}""", """{"path":"file:///a","followSymlinks":true}""")]
    [InlineData("canonicalize", """{"path":"file:///a","followSymlinks":5}""", """{"path":"file:///a"}""")]
    [InlineData("readDirectory", """{"path":"file:///a","followSymlinks":5}""", """{"path":"file:///a"}""")]
    [InlineData("writeFile", """{"path":"file:///a","dataBase64":""}""", """{"path":"file:///a","dataBase64":"","followSymlinks":true}""")]
    [InlineData("writeFile", """{"dataBase64":"no base64","path":"file:///a","followSymlinks":false}""", """{"path":"file:///a","dataBase64":"no base64","followSymlinks":false}""")]
    [InlineData("createDirectory", """{"path":"file:///a"}""", """{"path":"file:///a","recursive":true,"followSymlinks":true}""")]
    [InlineData("createDirectory", """{"path":"file:///a","recursive":null}""", """{"path":"file:///a","recursive":true,"followSymlinks":true}""")]
    [InlineData("createDirectory", """{"path":"file:///a","recursive":false}""", """{"path":"file:///a","recursive":false,"followSymlinks":true}""")]
    [InlineData("remove", """{"path":"file:///a"}""", """{"path":"file:///a","recursive":true,"force":true,"followSymlinks":true}""")]
    [InlineData("remove", """{"path":"file:///a","recursive":null,"force":null}""", """{"path":"file:///a","recursive":true,"force":true,"followSymlinks":true}""")]
    [InlineData("remove", """{"path":"file:///a","recursive":false,"force":false,"followSymlinks":false}""", """{"path":"file:///a","recursive":false,"force":false,"followSymlinks":false}""")]
    [InlineData("copy", """{"sourcePath":"file:///a","destinationPath":"file:///b","recursive":false}""", """{"sourcePath":"file:///a","destinationPath":"file:///b","recursive":false}""")]
    [InlineData("rename", """{"sourcePath":"file:///a","destinationPath":"file:///b"}""", """{"sourcePath":"file:///a","destinationPath":"file:///b","replace":true}""")]
    [InlineData("rename", """{"sourcePath":"file:///a","destinationPath":"file:///b","replace":false}""", """{"sourcePath":"file:///a","destinationPath":"file:///b","replace":false}""")]
    [InlineData("chmod", """{"path":"file:///a","mode":0}""", """{"path":"file:///a","mode":0,"followSymlinks":true}""")]
    [InlineData("chmod", """{"path":"file:///a","mode":4095,"followSymlinks":false}""", """{"path":"file:///a","mode":4095,"followSymlinks":false}""")]
    [InlineData("open", """{"handleId":"h","path":"file:///a"}""", """{"handleId":"h","path":"file:///a","mode":"read"}""")]
    [InlineData("open", """{"handleId":"","path":"file:///a","mode":"replace","atomic":true}""", """{"handleId":"","path":"file:///a","mode":"replace","atomic":true}""")]
    [InlineData("open", """{"handleId":"éééééééééééééééé","path":"file:///a","atomic":false}""", """{"handleId":"éééééééééééééééé","path":"file:///a","mode":"read"}""")]
    [InlineData("readBlock", """{"handleId":"h","offset":18446744073709551615,"len":0}""", """{"handleId":"h","offset":18446744073709551615,"len":0}""")]
    [InlineData("writeBlock", """{"handleId":"h","offset":0,"chunk":"aGk="}""", """{"handleId":"h","offset":0,"chunk":"aGk="}""")]
    [InlineData("close", """{"handleId":"h"}""", """{"handleId":"h"}""")]
    [InlineData("walk", """{"path":"file:///","options":{"maxDepth":0,"maxDirectories":0,"maxEntries":18446744073709551615,"followDirectorySymlinks":false}}""", """{"path":"file:///","options":{"maxDepth":0,"maxDirectories":0,"maxEntries":18446744073709551615,"followDirectorySymlinks":false,"pruneHiddenDirectories":false}}""")]
    [InlineData("walk", """{"path":"file:///","options":{"maxDepth":1,"maxDirectories":2,"maxEntries":3,"followDirectorySymlinks":true,"pruneHiddenDirectories":true,"x":null}}""", """{"path":"file:///","options":{"maxDepth":1,"maxDirectories":2,"maxEntries":3,"followDirectorySymlinks":true,"pruneHiddenDirectories":true}}""")]
    [InlineData("watchMissing", """{"watchId":7,"missing":["file:///a","file:///b/../c"],"present":"file:///p"}""", """{"watchId":7,"missing":["file:///a","file:///c"],"present":"file:///p"}""")]
    [InlineData("watchMissing", """{"watchId":0,"missing":[],"present":null}""", """{"watchId":0,"missing":[]}""")]
    [InlineData("watch", """{"watchId":1,"path":"file:///a"}""", """{"watchId":1,"path":"file:///a","recursive":true}""")]
    [InlineData("watch", """{"watchId":1,"path":"file:///a","recursive":false}""", """{"watchId":1,"path":"file:///a","recursive":false}""")]
    [InlineData("unwatch", """{"watchId":18446744073709551615}""", """{"watchId":18446744073709551615}""")]
    public void Params_are_read_with_their_defaults(string method, string json, string read) =>
        Assert.Equal(read, FsParams.Accepted(method, json));

    [Fact]
    public void Paths_are_native_bytes()
    {
        var (value, _) = FsParams.Decode("copy", """{"sourcePath":"file:///%FF%2Fa","destinationPath":"file:///b/..","recursive":true}"""u8.ToArray());
        var copy = Assert.IsType<FsCopyParams>(value);

        Assert.Equal([(byte)'/', 0xFF, (byte)'/', (byte)'a'], copy.SourcePath);
        Assert.Equal("/"u8.ToArray(), copy.DestinationPath);
    }

    [Theory]
    [InlineData("writeFile", """{"path":"file:///a","dataBase64":"aGVsbG8K"}""")]
    [InlineData("writeBlock", """{"chunk":"aGVsbG8K","handleId":"h","offset":0}""")]
    public void Bytes_are_a_slice_of_the_frame(string method, string json)
    {
        var frame = Wire.Utf8(json);

        var base64 = FsParams.Decode(method, frame).Value switch
        {
            FsWriteFileParams write => write.DataBase64,
            FsWriteBlockParams block => block.ChunkBase64,
            var other => throw new InvalidOperationException($"{other}"),
        };

        Assert.Equal("aGVsbG8K", Wire.Text(base64));
        Assert.True(frame.AsSpan().Overlaps(base64.Span));
    }

    [Theory]
    [InlineData("""{"watchId":1,"missing":["file:///a","file://host/x"],"present":"file:///p"}""", 1, true)]
    [InlineData("""{"watchId":1,"missing":["file:///C:/x"]}""", 0, true)]
    [InlineData("""{"watchId":1,"missing":["file:///a"],"present":"file://host/x"}""", 1, true)]
    [InlineData("""{"watchId":1,"missing":["file:///a","file:///b"],"present":null}""", 2, false)]
    public void A_watch_for_a_path_of_another_platform_is_no_error(string json, int paths, bool foreign)
    {
        Assert.True(FsWatchMissingParams.TryDecode(Wire.Utf8(json), out var watch, out var error), error.Message);

        Assert.Equal((paths, foreign), (watch.Missing.Count, watch.NamesForeignPath));
    }

    [Theory]
    [InlineData("readFile", """{"path":"file:///a","sandbox":{0}}""")]
    [InlineData("writeFile", """{"sandbox":{0},"path":"file:///a","dataBase64":""}""")]
    [InlineData("createDirectory", """{"path":"file:///a","sandbox":{0}}""")]
    [InlineData("getMetadata", """{"path":"file:///a","sandbox":{0}}""")]
    [InlineData("canonicalize", """{"path":"file:///a","sandbox":{0}}""")]
    [InlineData("readDirectory", """{"path":"file:///a","sandbox":{0}}""")]
    [InlineData("walk", """{"path":"file:///a","sandbox":{0},"options":{"maxDepth":1,"maxDirectories":1,"maxEntries":1,"followDirectorySymlinks":true}}""")]
    [InlineData("remove", """{"path":"file:///a","sandbox":{0}}""")]
    [InlineData("copy", """{"sourcePath":"file:///a","destinationPath":"file:///b","recursive":true,"sandbox":{0}}""")]
    [InlineData("open", """{"handleId":"h","path":"file:///a","sandbox":{0}}""")]
    [InlineData("rename", """{"sourcePath":"file:///a","destinationPath":"file:///b","sandbox":{0}}""")]
    [InlineData("chmod", """{"path":"file:///a","mode":1,"sandbox":{0}}""")]
    [InlineData("watch", """{"watchId":1,"path":"file:///a","sandbox":{0}}""")]
    public void A_sandbox_is_read_wherever_there_is_a_path(string method, string json)
    {
        const string Lacking = """{"permissions":{"type":"managed","file_system":{"type":"restricted","entries":[{"path":{"type":"special","value":{"kind":"project_roots"}},"access":"read"}]},"network":"enabled"},"windowsSandboxLevel":"disabled"}""";
        const string Sandbox = """{"permissions":{"type":"external","network":"restricted"},"cwd":"file:///c","workspaceRoots":[],"sandboxOverride":"noOverride","useLegacyLandlock":false,"windowsSandboxLevel":"disabled"}""";

        Assert.EndsWith($"\"sandbox\":{Sandbox}}}", FsParams.Accepted(method, With(Sandbox)), StringComparison.Ordinal);
        Assert.DoesNotContain("sandbox", FsParams.Accepted(method, With("null")), StringComparison.Ordinal);
        Assert.Equal(ExecActors.Protocol.Errors.SandboxLacksCwd, FsParams.Refusal(method, With(Lacking)));
        Assert.Equal(
            new RpcError(-32602, "invalid type: number, expected struct WireFileSystemSandboxContext"), FsParams.Refusal(method, With("5")));

        string With(string sandbox) => json.Replace("{0}", sandbox, StringComparison.Ordinal);
    }
}
