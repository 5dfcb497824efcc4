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

        var message = new InboundMessage
        {
            Kind = envelope.Kind switch
            {
                MessageKind.Request => InboundKind.Request,
                MessageKind.Notification => InboundKind.Notification,
                MessageKind.Response => InboundKind.Response,
                _ => throw new InvalidOperationException($"an envelope of kind {envelope.Kind} is not known"),
            },
            Id = envelope.Id,
            Method = envelope.Method,
            MethodName = envelope.MethodName,
            Weight = weight,
        };
        if (message.Kind != InboundKind.Request)
        {
            frame.Dispose();
            return message;
        }

        return DecodeParams(message, frame, frame.Memory.Slice(envelope.ParamsOffset, envelope.ParamsLength));
    }

    private static InboundMessage DecodeParams(InboundMessage message, ByteLease frame, ReadOnlyMemory<byte> json)
    {
        object? value = null;
        RpcError error;
        bool valid;
        switch (message.Method)
        {
            case WireMethod.ProcessWrite:
                return DecodeWrite(message, frame, json);
            case WireMethod.Initialize:
                valid = InitializeParams.TryDecode(json, out var initialize, out error);
                value = initialize;
                break;
            case WireMethod.EnvironmentInfo:
            case WireMethod.EnvironmentStatus:
                valid = NoParams.TryDecode(json, out error);
                break;
            case WireMethod.ProcessStart:
                valid = ProcessStartParams.TryDecode(json, out var start, out error);
                value = start;
                break;
            case WireMethod.ProcessRead:
                valid = ProcessReadParams.TryDecode(json, out var read, out error);
                value = read;
                break;
            case WireMethod.ProcessSignal:
                valid = ProcessSignalParams.TryDecode(json, out var signal, out error);
                value = signal;
                break;
            case WireMethod.ProcessTerminate:
                valid = ProcessTerminateParams.TryDecode(json, out var terminate, out error);
                value = terminate;
                break;
            case WireMethod.Unknown:
            case WireMethod.Initialized:
            case WireMethod.ProcessOutput:
            case WireMethod.ProcessExited:
            case WireMethod.ProcessClosed:
            default:
                valid = false;
                error = Errors.UnknownMethod(message.MethodName);
                break;
        }

        frame.Dispose();
        return valid ? message with { Params = value } : message with { Problem = error };
    }

    private static InboundMessage DecodeWrite(InboundMessage message, ByteLease frame, ReadOnlyMemory<byte> json)
    {
        if (!ProcessWriteParams.TryDecode(json, out var write, out var error))
        {
            frame.Dispose();
            return message with { Problem = error };
        }

        var stdin = StdinBytes.Encoded(frame, write.ChunkBase64);
        if (write.ChunkBase64.Length > DecodeHereBytes)
        {
            return message with { Params = write, Stdin = stdin };
        }

        return stdin.TryDecode(out var bytes, out error)
            ? message with { Params = write, Stdin = StdinBytes.Decoded(bytes) }
            : message with { Problem = error };
    }
}
