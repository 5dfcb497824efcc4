using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>http/cancel</c>, which the reference server does not know.</summary>
/// <param name="RequestId">The id of the requests to give up; one that is not under way is no error.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record HttpCancelParams(string RequestId)
{
    /// <summary>Reads the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">Why they are refused, always <see cref="ErrorCodes.InvalidParams"/>.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out HttpCancelParams? value, out RpcError error) =>
        ParamsDecoder.TryDecode(paramsJson, Read, out value, out error);

    private static HttpCancelParams? Read(ref FieldReader fields)
    {
        if (!fields.Enter("struct HttpCancelParams"))
        {
            return null;
        }

        string? requestId = null;
        while (fields.NextMember(out var name))
        {
            if (name is "requestId")
            {
                requestId = fields.String();
            }
            else
            {
                fields.Skip();
            }
        }

        fields.Require(requestId, "requestId");
        return fields.Error is null ? new(requestId!) : null;
    }
}
