using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>process/write</c>.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="ChunkBase64">
/// The bytes for standard input, still in base64, see <see cref="Base64Chunk"/>. When decoded, a slice of the frame given to
/// <see cref="TryDecode"/>: it lives as long as the frame does. A copy only if the JSON string held an escape.
/// </param>
/// <param name="WriteId">Names this write, so that a repetition after a reconnect is written once; not empty.</param>
/// <param name="CloseStdin">Whether standard input ends behind these bytes. Unknown to the reference server.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed partial record ProcessWriteParams(
    string ProcessId,
    [property: JsonProperty("chunk"), JsonConverter(typeof(Base64TextConverter))] ReadOnlyMemory<byte> ChunkBase64,
    string WriteId,
    [property: JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)] bool CloseStdin = false)
{
    /// <summary>Reads the params slice of a scanned frame; empty when the message has none. The base64 itself is not looked at.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">Why they are refused, always <see cref="ErrorCodes.InvalidParams"/>.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out ProcessWriteParams? value, out RpcError error)
    {
        var reader = new ByteFieldReader(paramsJson);
        value = Read(ref reader);
        error = reader.Error ?? default;
        return value is not null;
    }

    private static ProcessWriteParams? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct WriteParams"))
        {
            return null;
        }

        string? processId = null, writeId = null;
        ReadOnlyMemory<byte>? chunk = null;
        var closeStdin = false;
        while (fields.NextMember())
        {
            if (fields.IsNamed("processId"u8))
            {
                processId = fields.String();
            }
            else if (fields.IsNamed("chunk"u8))
            {
                chunk = fields.Bytes();
            }
            else if (fields.IsNamed("writeId"u8))
            {
                writeId = fields.String();
            }
            else if (fields.IsNamed("closeStdin"u8))
            {
                closeStdin = fields.Boolean();
            }
            else
            {
                fields.Skip();
            }
        }

        fields.Require(processId is not null, "processId");
        fields.Require(chunk is not null, "chunk");
        fields.Require(writeId is not null, "writeId");
        if (writeId?.Length == 0)
        {
            fields.Fail(Errors.WriteIdEmpty);
        }

        return fields.Error is null ? new(processId!, chunk!.Value, writeId!, closeStdin) : null;
    }
}
