using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>fs/rename</c>. Unknown to the reference server.</summary>
/// <param name="SourcePath">What is moved: the bytes of an absolute path in normal form, see <see cref="PathUri"/>.</param>
/// <param name="DestinationPath">Where to, likewise.</param>
/// <param name="Replace">Whether something at the destination is replaced; otherwise it is an error.</param>
/// <param name="Sandbox">What the request may do; null for whatever the server may.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy), ItemNullValueHandling = NullValueHandling.Ignore)]
public sealed record FsRenameParams(
    [property: JsonConverter(typeof(PathUriConverter))] byte[] SourcePath,
    [property: JsonConverter(typeof(PathUriConverter))] byte[] DestinationPath,
    bool Replace = true,
    SandboxContext? Sandbox = null)
{
    /// <summary>Reads the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">
    /// Why they are refused: with <see cref="ErrorCodes.InvalidParams"/>, and with <see cref="ErrorCodes.InvalidRequest"/> when this platform
    /// cannot have the path.
    /// </param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out FsRenameParams? value, out RpcError error) =>
        ParamsDecoder.TryDecodeBytes(paramsJson, Read, out value, out error);

    private static FsRenameParams? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct FsRenameParams"))
        {
            return null;
        }

        var common = default(FsMembers);
        bool? replace = null;
        while (fields.NextMember())
        {
            if (fields.IsNamed("replace"u8))
            {
                replace = fields.BooleanOrNull();
            }
            else if (!common.TryReadSourceOrDestination(ref fields) && !common.TryReadSandbox(ref fields))
            {
                fields.Skip();
            }
        }

        common.RequireSourceAndDestination(ref fields);
        return common.TryFinish(ref fields) ? new(common.Path, common.Destination!, replace ?? true, common.Sandbox) : null;
    }
}
