using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>process/terminate</c>.</summary>
/// <param name="ProcessId">The process.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record ProcessTerminateParams(string ProcessId)
{
    /// <summary>Reads the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">Why they are refused, always <see cref="ErrorCodes.InvalidParams"/>.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out ProcessTerminateParams? value, out RpcError error) =>
        ParamsDecoder.TryDecode(paramsJson, Read, out value, out error);

    private static ProcessTerminateParams? Read(ref FieldReader fields)
    {
        if (!fields.Enter("struct TerminateParams"))
        {
            return null;
        }

        string? processId = null;
        while (fields.NextMember(out var name))
        {
            if (name is "processId")
            {
                processId = fields.String();
            }
            else
            {
                fields.Skip();
            }
        }

        fields.Require(processId, "processId");
        return fields.Error is null ? new(processId!) : null;
    }
}
