using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>fs/copy</c>.</summary>
/// <param name="SourcePath">What is copied: the bytes of an absolute path in normal form, see <see cref="PathUri"/>.</param>
/// <param name="DestinationPath">Where to, likewise.</param>
/// <param name="Recursive">Whether a directory may be copied, with all that is in it.</param>
/// <param name="Sandbox">What the request may do; null for whatever the server may.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy), ItemNullValueHandling = NullValueHandling.Ignore)]
public sealed record FsCopyParams(
    [property: JsonConverter(typeof(PathUriConverter))] byte[] SourcePath,
    [property: JsonConverter(typeof(PathUriConverter))] byte[] DestinationPath,
    bool Recursive,
    SandboxContext? Sandbox = null)
{
    /// <summary>Reads the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">
    /// Why they are refused: with <see cref="ErrorCodes.InvalidParams"/>, and with <see cref="ErrorCodes.InvalidRequest"/> when this platform
    /// cannot have the path.
    /// </param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out FsCopyParams? value, out RpcError error) =>
        ParamsDecoder.TryDecodeBytes(paramsJson, Read, out value, out error);

    private static FsCopyParams? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct WireFsCopyParams"))
        {
            return null;
        }

        var common = default(FsMembers);
        bool? recursive = null;
        while (fields.NextMember())
        {
            if (fields.IsNamed("recursive"u8))
            {
                recursive = fields.Boolean();
            }
            else if (!common.TryReadSourceOrDestination(ref fields) && !common.TryReadSandbox(ref fields))
            {
                fields.Skip();
            }
        }

        common.RequireSourceAndDestination(ref fields);
        fields.Require(recursive is not null, "recursive");
        return common.TryFinish(ref fields) ? new(common.Path, common.Destination!, recursive!.Value, common.Sandbox) : null;
    }
}
