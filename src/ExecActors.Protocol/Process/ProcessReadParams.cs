using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>process/read</c>.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="AfterSeq">Only chunks with a larger number are wanted.</param>
/// <param name="MaxBytes">Budget of decoded bytes, the first chunk excepted; null for no budget.</param>
/// <param name="WaitMs">Milliseconds to wait when there is nothing new; no upper bound.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record ProcessReadParams(string ProcessId, ulong AfterSeq = 0, ulong? MaxBytes = null, ulong WaitMs = 0)
{
    /// <summary>Reads the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">Why they are refused, always <see cref="ErrorCodes.InvalidParams"/>.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out ProcessReadParams? value, out RpcError error) =>
        ParamsDecoder.TryDecode(paramsJson, Read, out value, out error);

    private static ProcessReadParams? Read(ref FieldReader fields)
    {
        if (!fields.Enter("struct ReadParams"))
        {
            return null;
        }

        string? processId = null;
        ulong? afterSeq = null, maxBytes = null, waitMs = null;
        while (fields.NextMember(out var name))
        {
            switch (name)
            {
                case "processId":
                    processId = fields.String();
                    break;
                case "afterSeq":
                    afterSeq = fields.IntegerOrNull(ulong.MaxValue, "u64");
                    break;
                case "maxBytes":
                    maxBytes = fields.IntegerOrNull(ulong.MaxValue, "usize");
                    break;
                case "waitMs":
                    waitMs = fields.IntegerOrNull(ulong.MaxValue, "u64");
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }

        fields.Require(processId, "processId");
        return fields.Error is null ? new(processId!, afterSeq ?? 0, maxBytes, waitMs ?? 0) : null;
    }
}
