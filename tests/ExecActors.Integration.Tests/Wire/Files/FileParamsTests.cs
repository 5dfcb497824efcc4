namespace ExecActors.Integration.Tests.Wire.Files;

/// <summary>Params of file methods that cannot be read, and the order in which they are looked at.</summary>
public sealed class FileParamsTests(ServerFixture fixture) : WireTests(fixture), IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("fs/readFile", "path")]
    [InlineData("fs/writeFile", "path dataBase64")]
    [InlineData("fs/createDirectory", "path")]
    [InlineData("fs/getMetadata", "path")]
    [InlineData("fs/canonicalize", "path")]
    [InlineData("fs/readDirectory", "path")]
    [InlineData("fs/walk", "path options")]
    [InlineData("fs/remove", "path")]
    [InlineData("fs/copy", "sourcePath destinationPath recursive")]
    [InlineData("fs/open", "handleId path")]
    [InlineData("fs/readBlock", "handleId offset len")]
    [InlineData("fs/writeBlock", "handleId offset chunk")]
    [InlineData("fs/close", "handleId")]
    [InlineData("fs/watchMissing", "watchId missing")]
    public async Task Members_that_are_missing_are_named_in_their_order(string method, string members)
    {
        var parameters = new JObject { ["unknown"] = new JArray(1, "x") };
        foreach (var member in members.Split(' '))
        {
            Assert.Equal(new WireError(ErrorCode.InvalidParams, $"missing field `{member}`"), await Client.ErrorAsync(method, parameters));
            parameters[member] = member switch
            {
                "path" or "sourcePath" or "destinationPath" => "file:///no/such",
                "options" => JObject.Parse("""{"maxDepth":0,"maxDirectories":1,"maxEntries":1,"followDirectorySymlinks":false}"""),
                "missing" => new JArray(),
                "recursive" => false,
                "offset" or "len" or "watchId" => 1,
                _ => "",
            };
        }

        Assert.NotEqual(ErrorCode.InvalidParams, (int?)(await Client.RequestAsync(method, parameters))["error"]?["code"]);
    }

    [Theory]
    [InlineData("""{}""", "-32602 missing field `maxDepth`")]
    [InlineData("""{"maxDepth":1}""", "-32602 missing field `maxDirectories`")]
    [InlineData("""{"maxDepth":1,"maxDirectories":1}""", "-32602 missing field `maxEntries`")]
    [InlineData("""{"maxDepth":1,"maxDirectories":1,"maxEntries":1}""", "-32602 missing field `followDirectorySymlinks`")]
    [InlineData("""{"maxDepth":1,"maxDirectories":1,"maxEntries":1,"followDirectorySymlinks":null}""", "-32602 invalid type: null, expected a boolean")]
    [InlineData("""{"maxDepth":1,"maxDirectories":1,"maxEntries":1,"followDirectorySymlinks":false,"pruneHiddenDirectories":null}""", "-32602 invalid type: null, expected a boolean")]
    [InlineData("""{"maxDepth":-1}""", "-32602 invalid number")]
    [InlineData("""{"maxDepth":1.5}""", "-32602 invalid number")]
    [InlineData("""{"maxDepth":"1"}""", "-32602 invalid type: string \"1\", expected usize")]
    [InlineData("null", "-32602 invalid type: null, expected struct WalkOptions")]
    public async Task Options_of_a_walk_are_checked(string options, string refusal) =>
        await ExpectAsync("fs/walk", $$"""{"path":"file://ROOT","options":{{options}}}""", refusal);

    [Theory]
    [InlineData("fs/getMetadata", "5", "-32602 invalid type: number, expected struct WireFsGetMetadataParams")]
    [InlineData("fs/getMetadata", "\"x\"", "-32602 invalid type: string \"x\", expected struct WireFsGetMetadataParams")]
    [InlineData("fs/getMetadata", "null", "-32602 invalid type: null, expected struct WireFsGetMetadataParams")]
    [InlineData("fs/getMetadata", """{"path":"file://ROOT","followSymlinks":"x"}""", "-32602 invalid type: string \"x\", expected a boolean")]
    [InlineData("fs/getMetadata", """{"path":"file://ROOT","followSymlinks":1}""", "-32602 invalid type: number, expected a boolean")]
    [InlineData("fs/createDirectory", """{"path":"file://ROOT","recursive":"x"}""", "-32602 invalid type: string \"x\", expected a boolean")]
    [InlineData("fs/remove", """{"path":"file://ROOT","force":1}""", "-32602 invalid type: number, expected a boolean")]
    [InlineData("fs/copy", """{"sourcePath":"file://ROOT","destinationPath":"file://ROOT","recursive":null}""", "-32602 invalid type: null, expected a boolean")]
    [InlineData("fs/open", """{"handleId":5,"path":"file://ROOT"}""", "-32602 invalid type: number, expected a string")]
    [InlineData("fs/open", """{"handleId":"x","path":"file://ROOT","mode":null}""", "-32602 invalid type: null, expected string or map")]
    [InlineData("fs/open", """{"handleId":"x","path":"file://ROOT","mode":"zz"}""", "-32602 unknown variant `zz`, expected `read` or `replace`")]
    [InlineData("fs/readBlock", """{"handleId":"u","offset":-1,"len":1}""", "-32602 invalid number")]
    [InlineData("fs/readBlock", """{"handleId":"u","offset":0,"len":1.5}""", "-32602 invalid number")]
    [InlineData("fs/readBlock", """{"handleId":"u","offset":18446744073709551616,"len":1}""", "-32602 invalid number")]
    [InlineData("fs/readBlock", """{"handleId":"u","offset":"1","len":1}""", "-32602 invalid type: string \"1\", expected u64")]
    [InlineData("fs/readBlock", """{"handleId":"u","offset":0,"len":0}""", "-32600 file read block length must be between 1 and 1048576")]
    [InlineData("fs/writeBlock", """{"handleId":"u","offset":0,"chunk":5}""", "-32602 invalid type: number, expected a string")]
    [InlineData("fs/writeBlock", """{"handleId":"u","offset":0,"chunk":""}""", "-32600 file write block length must be between 1 and 1048576")]
    [InlineData("fs/writeBlock", """{"handleId":"u","offset":18446744073709551615,"chunk":"eA=="}""", "-32600 file write range exceeds the signed 64-bit file offset limit")]
    [InlineData("fs/close", """{"handleId":null}""", "-32602 invalid type: null, expected a string")]
    [InlineData("fs/writeFile", """{"path":"file://ROOT/f","dataBase64":null}""", "-32602 invalid type: null, expected a string")]
    [InlineData("fs/writeFile", """{"path":"file://ROOT/f","dataBase64":5}""", "-32602 invalid type: number, expected a string")]
    [InlineData("fs/watchMissing", """{"watchId":"a","missing":[]}""", "-32602 invalid type: string \"a\", expected u64")]
    [InlineData("fs/watchMissing", """{"watchId":-1,"missing":[]}""", "-32602 invalid number")]
    [InlineData("fs/watchMissing", """{"watchId":1,"missing":null}""", "-32602 invalid type: null, expected a sequence")]
    [InlineData("fs/watchMissing", """{"watchId":1,"missing":[5]}""", "-32602 invalid type: number, expected a string")]
    [InlineData("fs/watchMissing", """{"watchId":1,"missing":["x"]}""", "-32602 invalid URI: relative URL without a base")]
    [InlineData("fs/watchMissing", """{"watchId":1,"missing":["file://ROOT/x"],"present":"http://x/"}""", "-32602 unsupported path URI scheme `http`")]
    public async Task A_member_of_the_wrong_kind_is_refused(string method, string parameters, string refusal)
    {
        await ExpectAsync(method, parameters, refusal);
        Assert.Empty(Tree.Names());
    }

    [Theory]
    [InlineData("fs/readFile", """{"path":"file://ROOT/a","followSymlinks":null,"sandbox":null,"unknown":{"a":[1]}}""")]
    [InlineData("fs/writeFile", """{"path":"file://ROOT/a","dataBase64":"","followSymlinks":null,"sandbox":null}""")]
    [InlineData("fs/createDirectory", """{"path":"file://ROOT/d","recursive":null,"followSymlinks":null,"sandbox":null}""")]
    [InlineData("fs/getMetadata", """{"path":"file://ROOT/a","followSymlinks":null,"sandbox":null}""")]
    [InlineData("fs/canonicalize", """{"path":"file://ROOT/a","sandbox":null}""")]
    [InlineData("fs/readDirectory", """{"path":"file://ROOT","sandbox":null}""")]
    [InlineData("fs/remove", """{"path":"file://ROOT/b","recursive":null,"force":null,"followSymlinks":null,"sandbox":null}""")]
    [InlineData("fs/copy", """{"sourcePath":"file://ROOT/a","destinationPath":"file://ROOT/c","recursive":false,"sandbox":null}""")]
    [InlineData("fs/open", """{"handleId":"h","path":"file://ROOT/a","sandbox":null}""")]
    [InlineData("fs/watchMissing", """{"watchId":1,"missing":[],"present":null}""")]
    public async Task A_null_is_as_good_as_nothing(string method, string parameters)
    {
        Tree.File("a");
        await ResultAsync(method, parameters);
    }

    [Theory]
    [InlineData("fs/readFile", """{"path":"file:///no/such"}""")]
    [InlineData("fs/close", """{"handleId":"h"}""")]
    [InlineData("fs/watchMissing", """{"watchId":1,"missing":[]}""")]
    public async Task Files_are_for_those_who_have_shaken_hands(string method, string parameters)
    {
        await using var client = await Fixture.ConnectAsync();
        Assert.Equal(ErrorCode.InvalidParams, (await client.ErrorAsync(method, 5)).Code);
        Compare(await client.RequestAsync(method, Params(parameters)), "-32600 client must call initialize before using filesystem methods", "before");
        await client.ResultAsync("initialize", new JObject { ["clientName"] = "x" });
        Compare(await client.RequestAsync(method, Params(parameters)), "-32600 client must send initialized before using filesystem methods", "between");
    }

    [Fact]
    public async Task A_method_that_is_none_is_refused() =>
        await ExpectAsync("fs/search", "{}", "-32601 exec-server stub does not implement `fs/search` yet");
}
