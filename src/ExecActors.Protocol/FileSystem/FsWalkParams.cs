using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>fs/walk</c>.</summary>
/// <param name="Path">The bytes of an absolute path in normal form, see <see cref="PathUri"/>.</param>
/// <param name="Options">How far to go.</param>
/// <param name="Sandbox">What the request may do; null for whatever the server may.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy), ItemNullValueHandling = NullValueHandling.Ignore)]
public sealed record FsWalkParams(
    [property: JsonConverter(typeof(PathUriConverter))] byte[] Path,
    FsWalkOptions Options,
    SandboxContext? Sandbox = null)
{
    /// <summary>Reads the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">
    /// Why they are refused: with <see cref="ErrorCodes.InvalidParams"/>, and with <see cref="ErrorCodes.InvalidRequest"/> when this platform
    /// cannot have the path.
    /// </param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out FsWalkParams? value, out RpcError error) =>
        ParamsDecoder.TryDecodeBytes(paramsJson, Read, out value, out error);

    private static FsWalkParams? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct WireFsWalkParams"))
        {
            return null;
        }

        var common = default(FsMembers);
        FsWalkOptions? options = null;
        while (fields.NextMember())
        {
            if (fields.IsNamed("options"u8))
            {
                options = FsWalkOptions.Read(ref fields);
            }
            else if (!common.TryReadPath(ref fields) && !common.TryReadSandbox(ref fields))
            {
                fields.Skip();
            }
        }

        common.RequirePath(ref fields);
        fields.Require(options is not null, "options");
        return common.TryFinish(ref fields) ? new(common.Path, options!, common.Sandbox) : null;
    }
}
