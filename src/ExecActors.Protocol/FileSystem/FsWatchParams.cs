using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>fs/watch</c>. Unknown to the reference server.</summary>
/// <param name="WatchId">Names the watch in its notifications; chosen by the client, unique on its connection.</param>
/// <param name="Path">The bytes of an absolute path in normal form, see <see cref="PathUri"/>.</param>
/// <param name="Recursive">Whether directories below are watched too.</param>
/// <param name="Sandbox">What the request may do; null for whatever the server may.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy), ItemNullValueHandling = NullValueHandling.Ignore)]
public sealed record FsWatchParams(
    ulong WatchId,
    [property: JsonConverter(typeof(PathUriConverter))] byte[] Path,
    bool Recursive = true,
    SandboxContext? Sandbox = null)
{
    /// <summary>Reads the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">
    /// Why they are refused: with <see cref="ErrorCodes.InvalidParams"/>, and with <see cref="ErrorCodes.InvalidRequest"/> when this platform
    /// cannot have the path.
    /// </param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out FsWatchParams? value, out RpcError error) =>
        ParamsDecoder.TryDecodeBytes(paramsJson, Read, out value, out error);

    private static FsWatchParams? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct FsWatchParams"))
        {
            return null;
        }

        var common = default(FsMembers);
        ulong? watchId = null;
        bool? recursive = null;
        while (fields.NextMember())
        {
            if (fields.IsNamed("watchId"u8))
            {
                watchId = fields.Integer();
            }
            else if (fields.IsNamed("recursive"u8))
            {
                recursive = fields.BooleanOrNull();
            }
            else if (!common.TryReadPath(ref fields) && !common.TryReadSandbox(ref fields))
            {
                fields.Skip();
            }
        }

        fields.Require(watchId is not null, "watchId");
        common.RequirePath(ref fields);
        return common.TryFinish(ref fields) ? new(watchId!.Value, common.Path, recursive ?? true, common.Sandbox) : null;
    }
}
