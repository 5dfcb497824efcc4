namespace ExecActors.Protocol.Tests.FileSystem;

/// <summary>The decoders of file methods, by method.</summary>
internal static class FsParams
{
    private static readonly Dictionary<string, Func<byte[], (object? Value, RpcError Error)>> s_decoders = new(StringComparer.Ordinal)
    {
        ["readFile"] = json => (FsReadFileParams.TryDecode(json, out var value, out var error) ? value : null, error),
        ["writeFile"] = json => (FsWriteFileParams.TryDecode(json, out var value, out var error) ? value : null, error),
        ["createDirectory"] = json => (FsCreateDirectoryParams.TryDecode(json, out var value, out var error) ? value : null, error),
        ["getMetadata"] = json => (FsGetMetadataParams.TryDecode(json, out var value, out var error) ? value : null, error),
        ["canonicalize"] = json => (FsCanonicalizeParams.TryDecode(json, out var value, out var error) ? value : null, error),
        ["readDirectory"] = json => (FsReadDirectoryParams.TryDecode(json, out var value, out var error) ? value : null, error),
        ["walk"] = json => (FsWalkParams.TryDecode(json, out var value, out var error) ? value : null, error),
        ["remove"] = json => (FsRemoveParams.TryDecode(json, out var value, out var error) ? value : null, error),
        ["copy"] = json => (FsCopyParams.TryDecode(json, out var value, out var error) ? value : null, error),
        ["open"] = json => (FsOpenParams.TryDecode(json, out var value, out var error) ? value : null, error),
        ["readBlock"] = json => (FsReadBlockParams.TryDecode(json, out var value, out var error) ? value : null, error),
        ["writeBlock"] = json => (FsWriteBlockParams.TryDecode(json, out var value, out var error) ? value : null, error),
        ["close"] = json => (FsCloseParams.TryDecode(json, out var value, out var error) ? value : null, error),
        ["watchMissing"] = json => (FsWatchMissingParams.TryDecode(json, out var value, out var error) ? value : null, error),
        ["rename"] = json => (FsRenameParams.TryDecode(json, out var value, out var error) ? value : null, error),
        ["chmod"] = json => (FsChmodParams.TryDecode(json, out var value, out var error) ? value : null, error),
        ["watch"] = json => (FsWatchParams.TryDecode(json, out var value, out var error) ? value : null, error),
        ["unwatch"] = json => (FsUnwatchParams.TryDecode(json, out var value, out var error) ? value : null, error),
    };

    public static IEnumerable<string> Methods => s_decoders.Keys;

    public static (object? Value, RpcError Error) Decode(string method, byte[] json) => s_decoders[method](json);

    /// <summary>What the params say once they are decoded, written again.</summary>
    public static string Accepted(string method, string json)
    {
        var (value, error) = Decode(method, Wire.Utf8(json));
        Assert.True(value is not null, error.Message);
        return Wire.Text(Wire.Serialized(value));
    }

    public static RpcError Refusal(string method, string json)
    {
        var (value, error) = Decode(method, Wire.Utf8(json));
        Assert.True(value is null, $"accepted: {value}");
        return error;
    }
}
