using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>fs/writeFile</c>.</summary>
/// <param name="Path">The bytes of an absolute path in normal form, see <see cref="PathUri"/>.</param>
/// <param name="DataBase64">
/// The new content, still in base64, see <see cref="Base64Chunk"/>. When decoded, a slice of the frame given to <see cref="TryDecode"/>: it lives
/// as long as the frame does. A copy only if the JSON string held an escape.
/// </param>
/// <param name="FollowSymlinks">Whether a symbolic link in the path is followed; false refuses one at any place.</param>
/// <param name="Sandbox">What the request may do; null for whatever the server may.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy), ItemNullValueHandling = NullValueHandling.Ignore)]
public sealed record FsWriteFileParams(
    [property: JsonConverter(typeof(PathUriConverter))] byte[] Path,
    [property: JsonConverter(typeof(Base64TextConverter))] ReadOnlyMemory<byte> DataBase64,
    bool FollowSymlinks = true,
    SandboxContext? Sandbox = null)
{
    /// <summary>Reads the params slice of a scanned frame; empty when the message has none. The base64 itself is not looked at.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">
    /// Why they are refused: with <see cref="ErrorCodes.InvalidParams"/>, and with <see cref="ErrorCodes.InvalidRequest"/> when this platform
    /// cannot have the path.
    /// </param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out FsWriteFileParams? value, out RpcError error) =>
        ParamsDecoder.TryDecodeBytes(paramsJson, Read, out value, out error);

    private static FsWriteFileParams? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct WireFsWriteFileParams"))
        {
            return null;
        }

        var common = default(FsMembers);
        ReadOnlyMemory<byte>? data = null;
        while (fields.NextMember())
        {
            if (fields.IsNamed("dataBase64"u8))
            {
                data = fields.Bytes();
            }
            else if (!common.TryReadPath(ref fields) && !common.TryReadFollowSymlinks(ref fields) && !common.TryReadSandbox(ref fields))
            {
                fields.Skip();
            }
        }

        common.RequirePath(ref fields);
        fields.Require(data is not null, "dataBase64");
        return common.TryFinish(ref fields) ? new(common.Path, data!.Value, common.FollowSymlinks, common.Sandbox) : null;
    }
}
