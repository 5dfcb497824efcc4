using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>How much of a process's output is to be kept: the member <c>outputRetention</c> of <c>process/start</c>, an addition to the protocol.</summary>
/// <param name="RingBytes">In memory, in bytes; null for what the server keeps by itself, which is also the most.</param>
/// <param name="SpillBytes">On disk, in bytes; 0 for none; null for what the server keeps by itself, which is also the most.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy), ItemNullValueHandling = NullValueHandling.Ignore)]
public sealed record OutputRetention(long? RingBytes = null, long? SpillBytes = null)
{
    /// <summary>The fewest bytes of memory that may be asked for: what a pipe holds.</summary>
    public const long LeastRingBytes = 64 * 1024;

    /// <summary>Reads the object or null at the reader's place.</summary>
    internal static OutputRetention? Read(ref FieldReader fields)
    {
        if (!fields.EnterOrNull("struct OutputRetention"))
        {
            return null;
        }

        ulong? ringBytes = null, spillBytes = null;
        while (fields.NextMember(out var name))
        {
            switch (name)
            {
                case "ringBytes":
                    ringBytes = fields.IntegerOrNull(long.MaxValue, "u64");
                    break;
                case "spillBytes":
                    spillBytes = fields.IntegerOrNull(long.MaxValue, "u64");
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }

        return new((long?)ringBytes, (long?)spillBytes);
    }

    /// <summary>Why a server that keeps at most so much refuses this; null when it does not.</summary>
    /// <param name="ringBytes">The server's bound of memory, in bytes.</param>
    /// <param name="spillBytes">Its bound of disk space, in bytes.</param>
    public RpcError? Refusal(long ringBytes, long spillBytes)
    {
        if (RingBytes is { } ring && (ring < Math.Min(LeastRingBytes, ringBytes) || ring > ringBytes))
        {
            return Errors.InvalidParams(
                $"outputRetention.ringBytes is {ring}; this server takes {Math.Min(LeastRingBytes, ringBytes)} to {ringBytes} (process.ring-bytes)");
        }

        return SpillBytes > spillBytes
            ? Errors.InvalidParams($"outputRetention.spillBytes is {SpillBytes}; this server takes 0 to {spillBytes} (process.spill-bytes)")
            : null;
    }
}
