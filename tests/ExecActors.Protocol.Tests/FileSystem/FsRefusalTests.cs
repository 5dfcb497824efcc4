namespace ExecActors.Protocol.Tests.FileSystem;

/// <summary>Each row was asked of the reference server, but for the methods and members it does not know.</summary>
public sealed class FsRefusalTests
{
    private const string LongId = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Walk = "\"maxDepth\":1,\"maxDirectories\":1,\"maxEntries\":1";

    [Theory]
    [InlineData("readFile", "WireFsReadFileParams", "path")]
    [InlineData("writeFile", "WireFsWriteFileParams", "path")]
    [InlineData("createDirectory", "WireFsCreateDirectoryParams", "path")]
    [InlineData("getMetadata", "WireFsGetMetadataParams", "path")]
    [InlineData("canonicalize", "WireFsCanonicalizeParams", "path")]
    [InlineData("readDirectory", "WireFsReadDirectoryParams", "path")]
    [InlineData("walk", "WireFsWalkParams", "path")]
    [InlineData("remove", "WireFsRemoveParams", "path")]
    [InlineData("copy", "WireFsCopyParams", "sourcePath")]
    [InlineData("open", "WireFsOpenParams", "handleId")]
    [InlineData("readBlock", "FsReadBlockParams", "handleId")]
    [InlineData("writeBlock", "FsWriteBlockParams", "handleId")]
    [InlineData("close", "FsCloseParams", "handleId")]
    [InlineData("watchMissing", "FsWatchMissingParams", "watchId")]
    [InlineData("rename", "FsRenameParams", "sourcePath")]
    [InlineData("chmod", "FsChmodParams", "path")]
    [InlineData("watch", "FsWatchParams", "watchId")]
    [InlineData("unwatch", "FsUnwatchParams", "watchId")]
    public void Params_that_are_no_object_or_empty_are_refused(string method, string name, string first)
    {
        Assert.Equal(new RpcError(-32602, $"invalid type: null, expected struct {name}"), FsParams.Refusal(method, ""));
        Assert.Equal(new RpcError(-32602, $"invalid type: number, expected struct {name}"), FsParams.Refusal(method, "5"));
        Assert.Equal(new RpcError(-32602, $"missing field `{first}`"), FsParams.Refusal(method, "{}"));
        Assert.Equal(new RpcError(-32602, $"missing field `{first}`"), FsParams.Refusal(method, """{"x":[{"path":[]}],"y":"é","sandbox":null}"""));
    }

    [Theory]
    [InlineData("writeFile", """{"path":"file:///a"}""", "dataBase64")]
    [InlineData("copy", """{"recursive":false}""", "sourcePath")]
    [InlineData("copy", """{"sourcePath":"file:///a","recursive":false}""", "destinationPath")]
    [InlineData("copy", """{"sourcePath":"file:///a","destinationPath":"file:///b"}""", "recursive")]
    [InlineData("open", """{"path":"file:///a"}""", "handleId")]
    [InlineData("open", """{"handleId":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}""", "path")]
    [InlineData("readBlock", """{"len":5}""", "handleId")]
    [InlineData("readBlock", """{"handleId":"u","len":5}""", "offset")]
    [InlineData("readBlock", """{"handleId":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","offset":0}""", "len")]
    [InlineData("writeBlock", """{"offset":0}""", "handleId")]
    [InlineData("writeBlock", """{"handleId":"u"}""", "offset")]
    [InlineData("writeBlock", """{"handleId":"u","offset":0}""", "chunk")]
    [InlineData("watchMissing", """{"missing":[]}""", "watchId")]
    [InlineData("watchMissing", """{"watchId":4,"present":null}""", "missing")]
    [InlineData("walk", """{"path":"file:///a"}""", "options")]
    [InlineData("walk", """{"path":"file:///a","options":{}}""", "maxDepth")]
    [InlineData("walk", """{"options":{"maxDepth":1}}""", "maxDirectories")]
    [InlineData("walk", """{"options":{"maxDepth":1,"maxDirectories":1}}""", "maxEntries")]
    [InlineData("walk", """{"options":{"maxDepth":1,"maxDirectories":1,"maxEntries":1}}""", "followDirectorySymlinks")]
    [InlineData("rename", """{"sourcePath":"file://h/a"}""", "destinationPath")]
    [InlineData("chmod", """{"path":"file:///a"}""", "mode")]
    [InlineData("watch", """{"path":"file:///a"}""", "watchId")]
    [InlineData("watch", """{"watchId":1}""", "path")]
    public void The_first_missing_member_is_named(string method, string json, string member) =>
        Assert.Equal(new RpcError(-32602, $"missing field `{member}`"), FsParams.Refusal(method, json));

    [Theory]
    [InlineData("readFile", "path", "5", "invalid type: number, expected a string")]
    [InlineData("readFile", "path", "null", "invalid type: null, expected a string")]
    [InlineData("readFile", "path", "\"x\"", "invalid URI: relative URL without a base")]
    [InlineData("readFile", "path", "\"\"", "invalid URI: relative URL without a base")]
    [InlineData("readFile", "path", "\"http://h/a\"", "unsupported path URI scheme `http`")]
    [InlineData("readFile", "path", "\"file:///a?b\"", "query parameters are not allowed in path URIs")]
    [InlineData("readFile", "path", "\"file:///a#b\"", "fragments are not allowed in path URIs")]
    [InlineData("readFile", "path", "\"file:///a%00\"", "'file:///a%00' is invalid on 'linux'")]
    [InlineData("readFile", "followSymlinks", "5", "invalid type: number, expected a boolean")]
    [InlineData("writeFile", "followSymlinks", "\"true\"", "invalid type: string \"true\", expected a boolean")]
    [InlineData("writeFile", "dataBase64", "5", "invalid type: number, expected a string")]
    [InlineData("writeFile", "dataBase64", "null", "invalid type: null, expected a string")]
    [InlineData("createDirectory", "recursive", "5", "invalid type: number, expected a boolean")]
    [InlineData("createDirectory", "followSymlinks", "[]", "invalid type: sequence, expected a boolean")]
    [InlineData("getMetadata", "followSymlinks", "{}", "invalid type: map, expected a boolean")]
    [InlineData("remove", "recursive", "5", "invalid type: number, expected a boolean")]
    [InlineData("remove", "force", "5", "invalid type: number, expected a boolean")]
    [InlineData("remove", "followSymlinks", "5", "invalid type: number, expected a boolean")]
    [InlineData("copy", "recursive", "null", "invalid type: null, expected a boolean")]
    [InlineData("copy", "destinationPath", "\"x\"", "invalid URI: relative URL without a base")]
    [InlineData("open", "mode", "null", "invalid type: null, expected string or map")]
    [InlineData("open", "mode", "5", "invalid type: number, expected string or map")]
    [InlineData("open", "mode", "\"zz\"", "unknown variant `zz`, expected `read` or `replace`")]
    [InlineData("open", "handleId", "null", "invalid type: null, expected a string")]
    [InlineData("open", "atomic", "null", "invalid type: null, expected a boolean")]
    [InlineData("readBlock", "offset", "-1", "invalid number")]
    [InlineData("readBlock", "offset", "1.5", "invalid number")]
    [InlineData("readBlock", "offset", "1e3", "invalid number")]
    [InlineData("readBlock", "offset", "18446744073709551616", "invalid number")]
    [InlineData("readBlock", "offset", "null", "invalid type: null, expected u64")]
    [InlineData("readBlock", "offset", "\"a\"", "invalid type: string \"a\", expected u64")]
    [InlineData("readBlock", "len", "null", "invalid type: null, expected usize")]
    [InlineData("readBlock", "len", "-1", "invalid number")]
    [InlineData("writeBlock", "chunk", "5", "invalid type: number, expected a string")]
    [InlineData("writeBlock", "offset", "true", "invalid type: boolean `true`, expected u64")]
    [InlineData("close", "handleId", "5", "invalid type: number, expected a string")]
    [InlineData("watchMissing", "watchId", "-1", "invalid number")]
    [InlineData("watchMissing", "watchId", "null", "invalid type: null, expected u64")]
    [InlineData("watchMissing", "missing", "5", "invalid type: number, expected a sequence")]
    [InlineData("watchMissing", "missing", "null", "invalid type: null, expected a sequence")]
    [InlineData("watchMissing", "missing", "[5]", "invalid type: number, expected a string")]
    [InlineData("watchMissing", "missing", "[\"file:///a\",\"x\"]", "invalid URI: relative URL without a base")]
    [InlineData("watchMissing", "missing", "[\"file:///a%00\"]", "'file:///a%00' is invalid on 'linux'")]
    [InlineData("watchMissing", "present", "5", "invalid type: number, expected a string")]
    [InlineData("watchMissing", "present", "\"x\"", "invalid URI: relative URL without a base")]
    [InlineData("walk", "options", "null", "invalid type: null, expected struct WalkOptions")]
    [InlineData("walk", "options", "5", "invalid type: number, expected struct WalkOptions")]
    [InlineData("walk", "options", "{\"maxDepth\":-1}", "invalid number")]
    [InlineData("walk", "options", "{\"maxDepth\":null}", "invalid type: null, expected usize")]
    [InlineData("walk", "options", "{\"maxEntries\":\"x\"}", "invalid type: string \"x\", expected usize")]
    [InlineData("walk", "options", "{\"maxDirectories\":99999999999999999999}", "invalid number")]
    [InlineData("walk", "options", $"{{{Walk},\"followDirectorySymlinks\":null}}", "invalid type: null, expected a boolean")]
    [InlineData("walk", "options", $"{{{Walk},\"followDirectorySymlinks\":true,\"pruneHiddenDirectories\":null}}", "invalid type: null, expected a boolean")]
    [InlineData("rename", "replace", "5", "invalid type: number, expected a boolean")]
    [InlineData("chmod", "mode", "\"0755\"", "invalid type: string \"0755\", expected u32")]
    [InlineData("chmod", "mode", "-1", "invalid number")]
    [InlineData("watch", "recursive", "5", "invalid type: number, expected a boolean")]
    [InlineData("watch", "watchId", "1.0", "invalid number")]
    [InlineData("unwatch", "watchId", "\"1\"", "invalid type: string \"1\", expected u64")]
    public void A_member_of_another_shape_is_refused_before_missing_ones(string method, string member, string value, string message)
    {
        Assert.Equal(new RpcError(-32602, message), FsParams.Refusal(method, $"{{\"x\":[1],\"{member}\":{value},\"sandbox\":5}}"));
        Assert.Equal(new RpcError(-32602, message), FsParams.Refusal(method, $"{{\"{member}\":{value}}}"));
    }

    [Theory]
    [InlineData("readFile", """{"path":"file://h/x"}""", "'file://h/x' is invalid on 'linux'")]
    [InlineData("walk", $"{{\"path\":\"file:///C:/x\",\"options\":{{{Walk},\"followDirectorySymlinks\":true}}}}", "'file:///C:/x' is invalid on 'linux'")]
    [InlineData("copy", """{"sourcePath":"file://h/x","destinationPath":"file://h/y","recursive":false}""", "'file://h/x' is invalid on 'linux'")]
    [InlineData("copy", """{"sourcePath":"file:///x","destinationPath":"file://h/y","recursive":false}""", "'file://h/y' is invalid on 'linux'")]
    [InlineData("open", $"{{\"handleId\":\"{LongId}\",\"path\":\"file://h/x\"}}", "file handle ID must not exceed 32 bytes")]
    [InlineData("open", """{"handleId":"ééééééééééééééééa","path":"file:///x"}""", "file handle ID must not exceed 32 bytes")]
    [InlineData("open", """{"handleId":"h","path":"file://h/x"}""", "'file://h/x' is invalid on 'linux'")]
    [InlineData("readBlock", $"{{\"handleId\":\"{LongId}\",\"offset\":0,\"len\":0}}", "file handle ID must not exceed 32 bytes")]
    [InlineData("writeBlock", $"{{\"handleId\":\"{LongId}\",\"offset\":0,\"chunk\":\"\"}}", "file handle ID must not exceed 32 bytes")]
    [InlineData("close", $"{{\"handleId\":\"{LongId}\"}}", "file handle ID must not exceed 32 bytes")]
    [InlineData("watch", """{"watchId":1,"path":"file://h/x"}""", "'file://h/x' is invalid on 'linux'")]
    public void What_is_well_formed_but_impossible_is_an_invalid_request(string method, string json, string message) =>
        Assert.Equal(new RpcError(-32600, message), FsParams.Refusal(method, json));

    [Theory]
    [InlineData("4096")]
    [InlineData("18446744073709551615")]
    public void A_mode_has_no_more_than_twelve_bits(string mode) =>
        Assert.Equal(ExecActors.Protocol.Errors.ChmodModeRange, FsParams.Refusal("chmod", $"{{\"path\":\"file:///a\",\"mode\":{mode}}}"));

    [Fact]
    public void The_first_wrong_member_in_the_order_of_the_message_is_named()
    {
        Assert.Equal("invalid number", FsParams.Refusal("readBlock", """{"offset":-1,"handleId":5,"len":null}""").Message);
        Assert.Equal("invalid type: number, expected a string", FsParams.Refusal("readBlock", """{"handleId":5,"offset":-1}""").Message);
        Assert.Equal("invalid type: number, expected a boolean", FsParams.Refusal("readFile", """{"path":"file://h/x","followSymlinks":5}""").Message);
    }
}
