using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>fs/readBlock</c>.</summary>
/// <param name="HandleId">An open handle.</param>
/// <param name="Offset">Where to begin, in bytes from the file's start.</param>
/// <param name="Len">How many bytes at most; the allowed range is the executor's matter.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record FsReadBlockParams(
    string HandleId,
    ulong Offset,
    ulong Len)
{
    /// <summary>Reads the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">
    /// Why they are refused: with <see cref="ErrorCodes.InvalidParams"/>, and with <see cref="ErrorCodes.InvalidRequest"/> when the id is too long.
    /// </param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out FsReadBlockParams? value, out RpcError error) =>
        ParamsDecoder.TryDecodeBytes(paramsJson, Read, out value, out error);

    private static FsReadBlockParams? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct FsReadBlockParams"))
        {
            return null;
        }

        string? handleId = null;
        ulong? offset = null, len = null;
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
            else if (fields.IsNamed("len"u8))
            {
                len = fields.Integer("usize");
            }
            else
            {
                fields.Skip();
            }
        }

        fields.Require(handleId is not null, "handleId");
        fields.Require(offset is not null, "offset");
        fields.Require(len is not null, "len");
        FsHandleId.Check(ref fields, handleId);
        return fields.Error is null ? new(handleId!, offset!.Value, len!.Value) : null;
    }
}
