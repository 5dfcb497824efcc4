using System.Buffers;
using Newtonsoft.Json;

namespace ExecActors.Protocol;

/// <summary>The protocol's records to and from UTF-8 JSON.</summary>
public static class WireJson
{
    private static readonly JsonSerializer s_serializer = JsonSerializer.Create(new JsonSerializerSettings
    {
        DateParseHandling = DateParseHandling.None,
        MaxDepth = JsonLimits.Depth,
    });

    /// <summary>Writes one of the protocol's records, or null, as a JSON value.</summary>
    public static void Write(IBufferWriter<byte> output, object? value)
    {
        using var text = new Utf8TextWriter(output);
        using var json = new JsonTextWriter(text) { ArrayPool = JsonCharPool.Shared };
        s_serializer.Serialize(json, value);
    }

    /// <summary>Reads one of the protocol's records from checked JSON; null when it says null.</summary>
    /// <param name="json">A result or params slice of a scanned frame.</param>
    /// <exception cref="JsonException">The JSON is not of the record's shape.</exception>
    public static T? Read<T>(ReadOnlyMemory<byte> json)
        where T : class
    {
        using var text = new Utf8TextReader(json);
        using var reader = new JsonTextReader(text) { ArrayPool = JsonCharPool.Shared };
        return s_serializer.Deserialize<T>(reader);
    }
}
