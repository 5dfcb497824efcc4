using System.Text;
using Newtonsoft.Json;

namespace ExecActors.Protocol;

/// <summary>A JSON string whose text is kept as UTF-8: base64 that is decoded where it is used.</summary>
internal sealed class Base64TextConverter : JsonConverter<ReadOnlyMemory<byte>>
{
    public override void WriteJson(JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializer serializer) =>
        writer.WriteValue(Encoding.UTF8.GetString(value.Span));

    public override ReadOnlyMemory<byte> ReadJson(
        JsonReader reader, Type objectType, ReadOnlyMemory<byte> existingValue, bool hasExistingValue, JsonSerializer serializer) =>
        reader.Value is string text
            ? Encoding.UTF8.GetBytes(text)
            : throw new JsonSerializationException($"Expected a base64 string, found {reader.TokenType}.");
}
