using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>fs/readFile</c>.</summary>
/// <param name="Path">The bytes of an absolute path in normal form, see <see cref="PathUri"/>.</param>
/// <param name="FollowSymlinks">Whether a symbolic link in the path is followed; false refuses one at any place.</param>
/// <param name="Sandbox">What the request may do; null for whatever the server may.</param>
/// <param name="MaxBytes">A larger file is refused; null for the server's own limit.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy), ItemNullValueHandling = NullValueHandling.Ignore)]
public sealed record FsReadFileParams(
    [property: JsonConverter(typeof(PathUriConverter))] byte[] Path,
    bool FollowSymlinks = true,
    SandboxContext? Sandbox = null,
    ulong? MaxBytes = null)
{
    /// <summary>Reads the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">
    /// Why they are refused: with <see cref="ErrorCodes.InvalidParams"/>, and with <see cref="ErrorCodes.InvalidRequest"/> when this platform
    /// cannot have the path.
    /// </param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out FsReadFileParams? value, out RpcError error) =>
        ParamsDecoder.TryDecodeBytes(paramsJson, Read, out value, out error);

    private static FsReadFileParams? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct WireFsReadFileParams"))
        {
            return null;
        }

        var common = default(FsMembers);
        ulong? maxBytes = null;
        while (fields.NextMember())
        {
            if (fields.IsNamed("maxBytes"u8))
            {
                maxBytes = fields.IntegerOrNull();
            }
            else if (!common.TryReadPath(ref fields) && !common.TryReadFollowSymlinks(ref fields) && !common.TryReadSandbox(ref fields))
            {
                fields.Skip();
            }
        }

        common.RequirePath(ref fields);
        return common.TryFinish(ref fields) ? new(common.Path, common.FollowSymlinks, common.Sandbox, maxBytes) : null;
    }
}
