using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>fs/close</c>.</summary>
/// <param name="HandleId">The handle; one that is not open is no error.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record FsCloseParams(
    string HandleId)
{
    /// <summary>Reads the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">
    /// Why they are refused: with <see cref="ErrorCodes.InvalidParams"/>, and with <see cref="ErrorCodes.InvalidRequest"/> when the id is too long.
    /// </param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out FsCloseParams? value, out RpcError error) =>
        ParamsDecoder.TryDecodeBytes(paramsJson, Read, out value, out error);

    private static FsCloseParams? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct FsCloseParams"))
        {
            return null;
        }

        string? handleId = null;
        while (fields.NextMember())
        {
            if (fields.IsNamed("handleId"u8))
            {
                handleId = fields.String();
            }
            else
            {
                fields.Skip();
            }
        }

        fields.Require(handleId is not null, "handleId");
        FsHandleId.Check(ref fields, handleId);
        return fields.Error is null ? new(handleId!) : null;
    }
}
