using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>fs/unwatch</c>. Unknown to the reference server.</summary>
/// <param name="WatchId">The watch that ends.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record FsUnwatchParams(
    ulong WatchId)
{
    /// <summary>Reads the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">Why they are refused: always <see cref="ErrorCodes.InvalidParams"/>.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out FsUnwatchParams? value, out RpcError error) =>
        ParamsDecoder.TryDecodeBytes(paramsJson, Read, out value, out error);

    private static FsUnwatchParams? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct FsUnwatchParams"))
        {
            return null;
        }

        ulong? watchId = null;
        while (fields.NextMember())
        {
            if (fields.IsNamed("watchId"u8))
            {
                watchId = fields.Integer();
            }
            else
            {
                fields.Skip();
            }
        }

        fields.Require(watchId is not null, "watchId");
        return fields.Error is null ? new(watchId!.Value) : null;
    }
}
