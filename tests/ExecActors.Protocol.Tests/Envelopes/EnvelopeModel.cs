using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ExecActors.Protocol.Tests.Envelopes;

/// <summary>What a frame means, found slowly and plainly with a general JSON library.</summary>
internal sealed record EnvelopeModel(MessageKind Kind, RequestId Id, string Method, string? Params, string? Result, string? TraceParent)
{
    /// <summary>Null when the frame is no message.</summary>
    public static EnvelopeModel? Of(byte[] frame)
    {
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(frame);
            CheckNamesAndTexts(frame);
            using var document = JsonDocument.Parse(frame, new JsonDocumentOptions { MaxDepth = JsonLimits.Depth });
            return document.RootElement.ValueKind == JsonValueKind.Object ? Interpret(document.RootElement) : null;
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            return null;
        }
    }

    public static EnvelopeModel Of(byte[] frame, Envelope envelope) => new(
        envelope.Kind,
        envelope.Id,
        envelope.MethodName,
        Slice(frame, envelope.ParamsOffset, envelope.ParamsLength),
        Slice(frame, envelope.ResultOffset, envelope.ResultLength),
        envelope.TraceParent);

    private static string? Slice(byte[] frame, int offset, int length) => length == 0 ? null : Encoding.UTF8.GetString(frame, offset, length);

    private static void CheckNamesAndTexts(byte[] frame)
    {
        var reader = new Utf8JsonReader(frame, new JsonReaderOptions { MaxDepth = JsonLimits.Depth });
        var open = new Stack<HashSet<string>>();
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                open.Push(new HashSet<string>(StringComparer.Ordinal));
            }
            else if (reader.TokenType == JsonTokenType.EndObject)
            {
                open.Pop();
            }
            else if (reader.TokenType == JsonTokenType.PropertyName && !open.Peek().Add(reader.GetString()!))
            {
                throw new JsonException("duplicate");
            }
            else if (reader.TokenType == JsonTokenType.String)
            {
                _ = reader.GetString(); // throws on half a surrogate pair
            }
        }
    }

    private static EnvelopeModel? Interpret(JsonElement message)
    {
        var hasId = message.TryGetProperty("id", out var idValue);
        RequestId? id = hasId ? IdOf(idValue) : null;
        if (message.TryGetProperty("method", out var method))
        {
            string? traceParent = null;
            if (method.ValueKind != JsonValueKind.String || (hasId && (id is null || !TraceIsFine(message, out traceParent))))
            {
                return null;
            }

            var parameters = message.TryGetProperty("params", out var p) ? p.GetRawText() : null;
            return new(hasId ? MessageKind.Request : MessageKind.Notification, id ?? default, method.GetString()!, parameters, null, traceParent);
        }

        var hasResult = message.TryGetProperty("result", out var result);
        var hasError = message.TryGetProperty("error", out var error);
        return id is not null && (hasResult || (hasError && ErrorIsFine(error)))
            ? new(MessageKind.Response, id.Value, "", null, hasResult ? result.GetRawText() : null, null)
            : null;
    }

    private static RequestId? IdOf(JsonElement id)
    {
        if (id.ValueKind == JsonValueKind.String)
        {
            return RequestId.FromText(id.GetString()!);
        }

        return id.ValueKind == JsonValueKind.Number
            && long.TryParse(id.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? RequestId.FromNumber(number)
                : null;
    }

    private static bool TraceIsFine(JsonElement message, out string? parent)
    {
        parent = null;
        if (!message.TryGetProperty("trace", out var trace) || trace.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        return trace.ValueKind == JsonValueKind.Object && TextOrNull("traceparent", out parent) && TextOrNull("tracestate", out _);

        bool TextOrNull(string name, out string? text)
        {
            text = null;
            if (!trace.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                return true;
            }

            text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            return text is not null;
        }
    }

    private static bool ErrorIsFine(JsonElement error) =>
        error.ValueKind == JsonValueKind.Object
        && error.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.Number
        && long.TryParse(code.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
        && error.TryGetProperty("message", out var text) && text.ValueKind == JsonValueKind.String;
}
