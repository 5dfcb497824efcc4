using Newtonsoft.Json;

namespace ExecActors.Protocol;

/// <summary>A path's bytes, as a URI on the wire.</summary>
internal sealed class PathUriConverter : JsonConverter<byte[]>
{
    public override void WriteJson(JsonWriter writer, byte[]? value, JsonSerializer serializer)
    {
        if (value is null)
        {
            writer.WriteNull();
        }
        else
        {
            writer.WriteValue(PathUri.FromNative(value));
        }
    }

    public override byte[]? ReadJson(JsonReader reader, Type objectType, byte[]? existingValue, bool hasExistingValue, JsonSerializer serializer)
    {
        if (reader.TokenType == JsonToken.Null)
        {
            return null;
        }

        return reader.Value is string uri && PathUri.TryParse(uri, out var path, out _)
            ? path
            : throw new JsonSerializationException($"Expected a path URI, found {reader.TokenType}.");
    }
}
