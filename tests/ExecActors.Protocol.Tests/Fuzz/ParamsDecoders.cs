namespace ExecActors.Protocol.Tests.Fuzz;

/// <summary>The decoder of each method's params, by the method's name on the wire.</summary>
internal static class ParamsDecoders
{
    private static readonly Dictionary<string, Func<ReadOnlyMemory<byte>, (object? Value, RpcError Error)>> s_decoders = new(StringComparer.Ordinal)
    {
        ["initialize"] = Of<InitializeParams>(InitializeParams.TryDecode),
        ["environment/info"] = json => (NoParams.TryDecode(json, out var error) ? "nothing" : null, error),
        ["process/start"] = Of<ProcessStartParams>(ProcessStartParams.TryDecode),
        ["process/read"] = Of<ProcessReadParams>(ProcessReadParams.TryDecode),
        ["process/write"] = Of<ProcessWriteParams>(ProcessWriteParams.TryDecode),
        ["process/signal"] = Of<ProcessSignalParams>(ProcessSignalParams.TryDecode),
        ["process/terminate"] = Of<ProcessTerminateParams>(ProcessTerminateParams.TryDecode),
        ["process/output"] = Output,
        ["fs/readFile"] = Of<FsReadFileParams>(FsReadFileParams.TryDecode),
        ["fs/writeFile"] = Of<FsWriteFileParams>(FsWriteFileParams.TryDecode),
        ["fs/createDirectory"] = Of<FsCreateDirectoryParams>(FsCreateDirectoryParams.TryDecode),
        ["fs/getMetadata"] = Of<FsGetMetadataParams>(FsGetMetadataParams.TryDecode),
        ["fs/canonicalize"] = Of<FsCanonicalizeParams>(FsCanonicalizeParams.TryDecode),
        ["fs/readDirectory"] = Of<FsReadDirectoryParams>(FsReadDirectoryParams.TryDecode),
        ["fs/walk"] = Of<FsWalkParams>(FsWalkParams.TryDecode),
        ["fs/remove"] = Of<FsRemoveParams>(FsRemoveParams.TryDecode),
        ["fs/copy"] = Of<FsCopyParams>(FsCopyParams.TryDecode),
        ["fs/open"] = Of<FsOpenParams>(FsOpenParams.TryDecode),
        ["fs/readBlock"] = Of<FsReadBlockParams>(FsReadBlockParams.TryDecode),
        ["fs/writeBlock"] = Of<FsWriteBlockParams>(FsWriteBlockParams.TryDecode),
        ["fs/close"] = Of<FsCloseParams>(FsCloseParams.TryDecode),
        ["fs/watchMissing"] = Of<FsWatchMissingParams>(FsWatchMissingParams.TryDecode),
        ["fs/rename"] = Of<FsRenameParams>(FsRenameParams.TryDecode),
        ["fs/chmod"] = Of<FsChmodParams>(FsChmodParams.TryDecode),
        ["fs/watch"] = Of<FsWatchParams>(FsWatchParams.TryDecode),
        ["fs/unwatch"] = Of<FsUnwatchParams>(FsUnwatchParams.TryDecode),
        ["http/request"] = Of<HttpRequestParams>(HttpRequestParams.TryDecode),
        ["http/cancel"] = Of<HttpCancelParams>(HttpCancelParams.TryDecode),
    };

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Methods { get; } = [.. s_decoders.Keys];

    /// <summary>What a decoder makes of params: a value as JSON or nothing, and the error.</summary>
    public static (string? Value, RpcError Error) Decode(string method, ReadOnlyMemory<byte> json)
    {
        var (value, error) = s_decoders[method](json);
        return (value is null ? null : value as string ?? Wire.Text(Wire.Serialized(value)), error);
    }

    private static Func<ReadOnlyMemory<byte>, (object?, RpcError)> Of<T>(Wire.Decoder<T> decode)
        where T : class => json => (decode(json, out var value, out var error) ? value : null, error);

    private static (object?, RpcError) Output(ReadOnlyMemory<byte> json) =>
        OutputReader.TryRead(json, out var output, out var error)
            ? ($"{Wire.Text(output.ProcessId)}\n{output.Seq}\n{Wire.Text(output.Stream)}\n{Wire.Text(output.ChunkBase64)}", error)
            : (null, error);
}
