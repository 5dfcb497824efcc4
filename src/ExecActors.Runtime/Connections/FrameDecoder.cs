using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Connections;

/// <summary>Bytes to message: envelope, method, params, in the contract's order of checks (section 4.3). State comes later, in the actors.</summary>
/// <param name="peer">What a parse failure calls the peer.</param>
internal sealed class FrameDecoder(string peer)
{
    /// <summary>Base64 beyond this is left to the actor that uses it: a long decode would hold up the connection's other messages.</summary>
    private const int DecodeHereBytes = 256 * 1024;

    // By method; one without a reader is not served.
    private static readonly ParamsReader?[] s_readers = MakeReaders();

    private delegate bool ParamsReader(ReadOnlyMemory<byte> json, out object? value, out RpcError error);

    private delegate bool TypedReader<T>(ReadOnlyMemory<byte> json, out T? value, out RpcError error)
        where T : class;

    /// <summary>Decodes one frame, which is the decoder's from the call on.</summary>
    public InboundMessage Decode(ByteLease frame)
    {
        var weight = frame.Length;
        if (!EnvelopeScanner.TryScan(frame.Span, out var envelope, out var problem))
        {
            frame.Dispose();
            return new InboundMessage
            {
                Kind = InboundKind.Unparsable,
                Id = RequestId.Unparsable,
                Method = WireMethod.Unknown,
                MethodName = "",
                Problem = Errors.Unparsable(peer, problem),
                Weight = weight,
            };
        }

        var kind = envelope.Kind switch
        {
            MessageKind.Request => InboundKind.Request,
            MessageKind.Notification => InboundKind.Notification,
            MessageKind.Response => InboundKind.Response,
            _ => throw new InvalidOperationException($"an envelope of kind {envelope.Kind} is not known"),
        };
        var content = kind == InboundKind.Request
            ? DecodeParams(envelope, frame, frame.Memory.Slice(envelope.ParamsOffset, envelope.ParamsLength))
            : DropParams(frame);
        return new InboundMessage
        {
            Kind = kind,
            Id = envelope.Id,
            Method = envelope.Method,
            MethodName = envelope.MethodName,
            Params = content.Params,
            Payload = content.Payload,
            Problem = content.Problem,
            Weight = weight,
        };
    }

    // The frame is these methods' own.
    private static Content DropParams(ByteLease frame)
    {
        frame.Dispose();
        return default;
    }

    private static Content DecodeParams(in Envelope envelope, ByteLease frame, ReadOnlyMemory<byte> json)
    {
        if (envelope.Method == WireMethod.ProcessWrite)
        {
            return DecodeWrite(frame, json);
        }

        if (s_readers[(int)envelope.Method] is not { } reader)
        {
            frame.Dispose();
            return new Content(null, Errors.UnknownMethod(envelope.MethodName));
        }

        if (!reader(json, out var value, out var error))
        {
            frame.Dispose();
            return new Content(null, error);
        }

        // Base64 of files and bodies is decoded by whoever writes it.
        if (BulkOf(value) is { } base64)
        {
            return new Content(value, Payload: PayloadBytes.Encoded(frame, base64));
        }

        frame.Dispose();
        return new Content(value);
    }

    private static ReadOnlyMemory<byte>? BulkOf(object? parameters) => parameters switch
    {
        FsWriteFileParams write => write.DataBase64,
        FsWriteBlockParams block => block.ChunkBase64,
        HttpRequestParams request => request.BodyBase64,
        _ => null,
    };

    private static Content DecodeWrite(ByteLease frame, ReadOnlyMemory<byte> json)
    {
        if (!ProcessWriteParams.TryDecode(json, out var write, out var error))
        {
            frame.Dispose();
            return new Content(null, error);
        }

        var stdin = PayloadBytes.Encoded(frame, write.ChunkBase64);
        if (write.ChunkBase64.Length > DecodeHereBytes)
        {
            return new Content(write, Payload: stdin);
        }

        return stdin.TryDecode(out var bytes, out error) ? new Content(write, Payload: PayloadBytes.Decoded(bytes)) : new Content(null, error);
    }

    private static ParamsReader?[] MakeReaders()
    {
        var readers = new ParamsReader?[Enum.GetValues<WireMethod>().Length];
        Add<InitializeParams>(WireMethod.Initialize, InitializeParams.TryDecode);
        readers[(int)WireMethod.EnvironmentInfo] = ReadNone;
        readers[(int)WireMethod.EnvironmentStatus] = ReadNone;
        Add<ProcessStartParams>(WireMethod.ProcessStart, ProcessStartParams.TryDecode);
        Add<ProcessReadParams>(WireMethod.ProcessRead, ProcessReadParams.TryDecode);
        Add<ProcessSignalParams>(WireMethod.ProcessSignal, ProcessSignalParams.TryDecode);
        Add<ProcessTerminateParams>(WireMethod.ProcessTerminate, ProcessTerminateParams.TryDecode);
        Add<FsReadFileParams>(WireMethod.FsReadFile, FsReadFileParams.TryDecode);
        Add<FsWriteFileParams>(WireMethod.FsWriteFile, FsWriteFileParams.TryDecode);
        Add<FsCreateDirectoryParams>(WireMethod.FsCreateDirectory, FsCreateDirectoryParams.TryDecode);
        Add<FsGetMetadataParams>(WireMethod.FsGetMetadata, FsGetMetadataParams.TryDecode);
        Add<FsCanonicalizeParams>(WireMethod.FsCanonicalize, FsCanonicalizeParams.TryDecode);
        Add<FsReadDirectoryParams>(WireMethod.FsReadDirectory, FsReadDirectoryParams.TryDecode);
        Add<FsWalkParams>(WireMethod.FsWalk, FsWalkParams.TryDecode);
        Add<FsRemoveParams>(WireMethod.FsRemove, FsRemoveParams.TryDecode);
        Add<FsCopyParams>(WireMethod.FsCopy, FsCopyParams.TryDecode);
        Add<FsRenameParams>(WireMethod.FsRename, FsRenameParams.TryDecode);
        Add<FsChmodParams>(WireMethod.FsChmod, FsChmodParams.TryDecode);
        Add<FsOpenParams>(WireMethod.FsOpen, FsOpenParams.TryDecode);
        Add<FsReadBlockParams>(WireMethod.FsReadBlock, FsReadBlockParams.TryDecode);
        Add<FsWriteBlockParams>(WireMethod.FsWriteBlock, FsWriteBlockParams.TryDecode);
        Add<FsCloseParams>(WireMethod.FsClose, FsCloseParams.TryDecode);
        Add<FsWatchMissingParams>(WireMethod.FsWatchMissing, FsWatchMissingParams.TryDecode);
        Add<FsWatchParams>(WireMethod.FsWatch, FsWatchParams.TryDecode);
        Add<FsUnwatchParams>(WireMethod.FsUnwatch, FsUnwatchParams.TryDecode);
        Add<HttpRequestParams>(WireMethod.HttpRequest, HttpRequestParams.TryDecode);
        Add<HttpCancelParams>(WireMethod.HttpCancel, HttpCancelParams.TryDecode);
        return readers;

        void Add<T>(WireMethod method, TypedReader<T> read)
            where T : class
        {
            readers[(int)method] = (ReadOnlyMemory<byte> json, out object? value, out RpcError error) =>
            {
                var valid = read(json, out var typed, out error);
                value = typed;
                return valid;
            };
        }
    }

    private static bool ReadNone(ReadOnlyMemory<byte> json, out object? value, out RpcError error)
    {
        value = null;
        return NoParams.TryDecode(json, out error);
    }

    /// <summary>What the params of a request came to.</summary>
    private readonly record struct Content(object? Params, RpcError? Problem = null, PayloadBytes? Payload = null);
}
