using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>A signal that a client may ask for.</summary>
[JsonConverter(typeof(StringEnumConverter), typeof(CamelCaseNamingStrategy))]
public enum ProcessSignal
{
    /// <summary><c>interrupt</c>: SIGINT to the process group.</summary>
    Interrupt,
}

/// <summary>Params of <c>process/signal</c>.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Signal">Which signal; the protocol has one.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record ProcessSignalParams(string ProcessId, ProcessSignal Signal)
{
    /// <summary>Reads the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">Why they are refused, always <see cref="ErrorCodes.InvalidParams"/>.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out ProcessSignalParams? value, out RpcError error) =>
        ParamsDecoder.TryDecode(paramsJson, Read, out value, out error);

    private static ProcessSignalParams? Read(ref FieldReader fields)
    {
        if (!fields.Enter("struct SignalParams"))
        {
            return null;
        }

        string? processId = null, signal = null;
        while (fields.NextMember(out var name))
        {
            switch (name)
            {
                case "processId":
                    processId = fields.String();
                    break;
                case "signal":
                    signal = fields.Variant("interrupt");
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }

        fields.Require(processId, "processId");
        fields.Require(signal, "signal");
        return fields.Error is null ? new(processId!, ProcessSignal.Interrupt) : null;
    }
}
