using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>fs/chmod</c>. Unknown to the reference server.</summary>
/// <param name="Path">The bytes of an absolute path in normal form, see <see cref="PathUri"/>.</param>
/// <param name="Mode">The permission bits, 0 to 0o7777 (4095); a plain number on the wire.</param>
/// <param name="FollowSymlinks">Whether a symbolic link in the path is followed; false refuses one at any place.</param>
/// <param name="Sandbox">What the request may do; null for whatever the server may.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy), ItemNullValueHandling = NullValueHandling.Ignore)]
public sealed record FsChmodParams(
    [property: JsonConverter(typeof(PathUriConverter))] byte[] Path,
    int Mode,
    bool FollowSymlinks = true,
    SandboxContext? Sandbox = null)
{
    private const ulong LargestMode = 0xFFF;

    /// <summary>Reads the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">
    /// Why they are refused: with <see cref="ErrorCodes.InvalidParams"/>, and with <see cref="ErrorCodes.InvalidRequest"/> when this platform
    /// cannot have the path.
    /// </param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out FsChmodParams? value, out RpcError error) =>
        ParamsDecoder.TryDecodeBytes(paramsJson, Read, out value, out error);

    private static FsChmodParams? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct FsChmodParams"))
        {
            return null;
        }

        var common = default(FsMembers);
        ulong? mode = null;
        while (fields.NextMember())
        {
            if (fields.IsNamed("mode"u8))
            {
                mode = fields.Integer("u32");
            }
            else if (!common.TryReadPath(ref fields) && !common.TryReadFollowSymlinks(ref fields) && !common.TryReadSandbox(ref fields))
            {
                fields.Skip();
            }
        }

        common.RequirePath(ref fields);
        fields.Require(mode is not null, "mode");
        if (mode > LargestMode)
        {
            fields.Fail(Errors.ChmodModeRange);
        }

        return common.TryFinish(ref fields) ? new(common.Path, (int)mode!.Value, common.FollowSymlinks, common.Sandbox) : null;
    }
}
