using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>fs/open</c>.</summary>
/// <param name="HandleId">Names the handle; chosen by the client, at most 32 bytes of UTF-8, may be empty.</param>
/// <param name="Path">The bytes of an absolute path in normal form, see <see cref="PathUri"/>.</param>
/// <param name="Mode">What the handle is for.</param>
/// <param name="Atomic">
/// For <see cref="FsOpenMode.Replace"/>: whether the file keeps its old content until the handle is closed. Unknown to the reference server.
/// </param>
/// <param name="Sandbox">What the request may do; null for whatever the server may.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy), ItemNullValueHandling = NullValueHandling.Ignore)]
public sealed record FsOpenParams(
    string HandleId,
    [property: JsonConverter(typeof(PathUriConverter))] byte[] Path,
    FsOpenMode Mode = FsOpenMode.Read,
    [property: JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)] bool Atomic = false,
    SandboxContext? Sandbox = null)
{
    /// <summary>Reads the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">
    /// Why they are refused: with <see cref="ErrorCodes.InvalidParams"/>, and with <see cref="ErrorCodes.InvalidRequest"/> when the id is too long
    /// or this platform cannot have the path.
    /// </param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out FsOpenParams? value, out RpcError error) =>
        ParamsDecoder.TryDecodeBytes(paramsJson, Read, out value, out error);

    private static FsOpenParams? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct WireFsOpenParams"))
        {
            return null;
        }

        var common = default(FsMembers);
        string? handleId = null, mode = null;
        var atomic = false;
        while (fields.NextMember())
        {
            if (fields.IsNamed("handleId"u8))
            {
                handleId = fields.String();
            }
            else if (fields.IsNamed("mode"u8))
            {
                mode = fields.Variant("read", "replace");
            }
            else if (fields.IsNamed("atomic"u8))
            {
                atomic = fields.Boolean();
            }
            else if (!common.TryReadPath(ref fields) && !common.TryReadSandbox(ref fields))
            {
                fields.Skip();
            }
        }

        fields.Require(handleId is not null, "handleId");
        common.RequirePath(ref fields);
        common.CheckCwd(ref fields);
        FsHandleId.Check(ref fields, handleId);
        return common.TryFinish(ref fields)
            ? new(handleId!, common.Path, mode is "replace" ? FsOpenMode.Replace : FsOpenMode.Read, atomic, common.Sandbox)
            : null;
    }
}
