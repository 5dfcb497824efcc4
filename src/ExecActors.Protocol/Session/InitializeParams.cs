using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>initialize</c>.</summary>
/// <param name="ClientName">Who is calling, for logs; any text.</param>
/// <param name="ResumeSessionId">The session to resume; null for a new one. The empty text is an id, an unknown one.</param>
/// <param name="Takeover">Whether a live connection that holds the session is evicted. Unknown to the reference server.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record InitializeParams(
    [property: JsonProperty(Required = Required.Always)] string ClientName,
    string? ResumeSessionId = null,
    [property: JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)] bool Takeover = false)
{
    /// <summary>Reads the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">Why they are refused, always <see cref="ErrorCodes.InvalidParams"/>.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out InitializeParams? value, out RpcError error) =>
        ParamsDecoder.TryDecodeBytes(paramsJson, Read, out value, out error);

    private static InitializeParams? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct InitializeParams"))
        {
            return null;
        }

        string? clientName = null, resume = null;
        var takeover = false;
        while (fields.NextMember())
        {
            if (fields.IsNamed("clientName"u8))
            {
                clientName = fields.String();
            }
            else if (fields.IsNamed("resumeSessionId"u8))
            {
                resume = fields.StringOrNull();
            }
            else if (fields.IsNamed("takeover"u8))
            {
                takeover = fields.Boolean();
            }
            else
            {
                fields.Skip();
            }
        }

        fields.Require(clientName is not null, "clientName");
        return fields.Error is null ? new(clientName!, resume, takeover) : null;
    }
}
