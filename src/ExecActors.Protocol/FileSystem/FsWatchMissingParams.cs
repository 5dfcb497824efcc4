using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>fs/watchMissing</c>.</summary>
/// <param name="WatchId">Names the watch in its notification; larger than every earlier one on the connection.</param>
/// <param name="Missing">Absent paths whose appearance is of interest: bytes of absolute paths in normal form, see <see cref="PathUri"/>.</param>
/// <param name="Present">A path whose disappearance is of interest too, or null.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy), ItemNullValueHandling = NullValueHandling.Ignore)]
public sealed record FsWatchMissingParams(
    ulong WatchId,
    [property: JsonProperty(ItemConverterType = typeof(PathUriConverter))] IReadOnlyList<byte[]> Missing,
    [property: JsonConverter(typeof(PathUriConverter))] byte[]? Present = null)
{
    /// <summary>
    /// Whether a path of another platform was among them and was left out: nothing is watched then, and that is no error. Set by decoding, never
    /// written.
    /// </summary>
    [JsonIgnore]
    public bool NamesForeignPath { get; init; }

    /// <summary>Reads the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">Why they are refused, always <see cref="ErrorCodes.InvalidParams"/>.</param>
    public static bool TryDecode(
        ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out FsWatchMissingParams? value, out RpcError error) =>
        ParamsDecoder.TryDecodeBytes(paramsJson, Read, out value, out error);

    private static FsWatchMissingParams? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct FsWatchMissingParams"))
        {
            return null;
        }

        ulong? watchId = null;
        List<ParsedPathUri>? missing = null;
        ParsedPathUri? present = null;
        while (fields.NextMember())
        {
            if (fields.IsNamed("watchId"u8))
            {
                watchId = fields.Integer();
            }
            else if (fields.IsNamed("missing"u8))
            {
                missing = UriReader.ReadList(ref fields);
            }
            else if (fields.IsNamed("present"u8))
            {
                present = UriReader.ReadOrNull(ref fields);
            }
            else
            {
                fields.Skip();
            }
        }

        fields.Require(watchId is not null, "watchId");
        fields.Require(missing is not null, "missing");
        return fields.Error is null ? Make(watchId!.Value, missing!, present) : null;
    }

    private static FsWatchMissingParams Make(ulong watchId, List<ParsedPathUri> missing, ParsedPathUri? present)
    {
        var paths = missing.Select(uri => Native(uri)).OfType<byte[]>().ToList();
        var presentPath = Native(present);
        return new(watchId, paths, presentPath)
        {
            NamesForeignPath = paths.Count < missing.Count || (present is not null && presentPath is null),
        };
    }

    private static byte[]? Native(ParsedPathUri? uri) =>
        uri is { } parsed && parsed.TryToNative(PathRole.File, out var path, out _) ? path : null;
}
