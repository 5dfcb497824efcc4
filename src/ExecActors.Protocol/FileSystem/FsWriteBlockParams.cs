using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>fs/writeBlock</c>.</summary>
/// <param name="HandleId">An open handle.</param>
/// <param name="Offset">Where to begin, in bytes from the file's start.</param>
/// <param name="ChunkBase64">
/// The bytes, still in base64, see <see cref="Base64Chunk"/>. When decoded, a slice of the frame given to <see cref="TryDecode"/>: it lives as
/// long as the frame does. A copy only if the JSON string held an escape.
/// </param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record FsWriteBlockParams(
    string HandleId,
    ulong Offset,
    [property: JsonProperty("chunk"), JsonConverter(typeof(Base64TextConverter))] ReadOnlyMemory<byte> ChunkBase64)
{
    /// <summary>Reads the params slice of a scanned frame; empty when the message has none. The base64 itself is not looked at.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">
    /// Why they are refused: with <see cref="ErrorCodes.InvalidParams"/>, and with <see cref="ErrorCodes.InvalidRequest"/> when the id is too long.
    /// </param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out FsWriteBlockParams? value, out RpcError error) =>
        ParamsDecoder.TryDecodeBytes(paramsJson, Read, out value, out error);

    private static FsWriteBlockParams? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct FsWriteBlockParams"))
        {
            return null;
        }

        string? handleId = null;
        ulong? offset = null;
        ReadOnlyMemory<byte>? chunk = null;
        while (fields.NextMember())
        {
            if (fields.IsNamed("handleId"u8))
            {
                handleId = fields.String();
            }
            else if (fields.IsNamed("offset"u8))
            {
                offset = fields.Integer();
            }
            else if (fields.IsNamed("chunk"u8))
            {
                chunk = fields.Bytes();
            }
            else
            {
                fields.Skip();
            }
        }

        fields.Require(handleId is not null, "handleId");
        fields.Require(offset is not null, "offset");
        fields.Require(chunk is not null, "chunk");
        FsHandleId.Check(ref fields, handleId);
        return fields.Error is null ? new(handleId!, offset!.Value, chunk!.Value) : null;
    }
}
