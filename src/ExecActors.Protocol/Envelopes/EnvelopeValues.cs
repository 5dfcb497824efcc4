using System.Text.Json;

namespace ExecActors.Protocol;

/// <summary>The rules for the values of <c>id</c>, <c>trace</c> and <c>error</c>. All input has passed <see cref="JsonScan"/>.</summary>
internal static class EnvelopeValues
{
    /// <summary>A string, or an integer of 64 bits that is spelled as one.</summary>
    public static bool TryId(ReadOnlySpan<byte> token, out RequestId id, out string problem)
    {
        problem = "";
        if (token[0] == (byte)'"')
        {
            id = RequestId.FromText(JsonText.Decode(token));
            return true;
        }

        if (JsonText.TryInteger(token, out var number))
        {
            id = RequestId.FromNumber(number);
            return true;
        }

        id = default;
        problem = "data did not match any variant of untagged enum RequestId";
        return false;
    }

    /// <summary>Null, or an object whose <c>traceparent</c> and <c>tracestate</c> are strings, null or absent.</summary>
    public static bool TryTrace(ReadOnlySpan<byte> token, out string? parent, out string? state, out string problem)
    {
        parent = null;
        state = null;
        problem = "";
        if (token[0] == (byte)'n')
        {
            return true;
        }

        if (token[0] != (byte)'{')
        {
            problem = $"invalid type: {TypeOf(token)}, expected struct W3cTraceContext";
            return false;
        }

        var reader = Members(token);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isParent = reader.ValueTextEquals("traceparent"u8);
            var isState = reader.ValueTextEquals("tracestate"u8);
            reader.Read();
            if (!isParent && !isState)
            {
                reader.Skip();
                continue;
            }

            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
            {
                problem = $"invalid type: {TypeOf(token[(int)reader.TokenStartIndex..])}, expected a string";
                return false;
            }

            parent = isParent ? reader.GetString() : parent;
            state = isState ? reader.GetString() : state;
        }

        return true;
    }

    /// <summary>An object with an integer <c>code</c> and a string <c>message</c>; codes outside 32 bits are held at the bounds.</summary>
    public static bool TryError(ReadOnlySpan<byte> token, out RpcError? error, out string problem)
    {
        error = null;
        problem = "";
        if (token[0] != (byte)'{')
        {
            problem = $"invalid type: {TypeOf(token)}, expected struct JSONRPCErrorError";
            return false;
        }

        long? code = null;
        string? message = null;
        RpcErrorData? data = null;
        var reader = Members(token);
        while (problem.Length == 0 && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isCode = reader.ValueTextEquals("code"u8);
            var isMessage = reader.ValueTextEquals("message"u8);
            var isData = reader.ValueTextEquals("data"u8);
            reader.Read();
            var value = token[(int)reader.TokenStartIndex..(int)reader.BytesConsumed];
            if (isCode)
            {
                problem = TryCode(reader.TokenType, value, out code);
            }
            else if (isMessage)
            {
                message = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                problem = message is null ? $"invalid type: {TypeOf(value)}, expected a string" : "";
            }
            else if (isData && reader.TokenType == JsonTokenType.StartObject)
            {
                data = ReadData(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        if (problem.Length == 0 && (code is null || message is null))
        {
            problem = $"missing field `{(code is null ? "code" : "message")}`";
        }

        error = problem.Length == 0 ? new RpcError((int)long.Clamp(code!.Value, int.MinValue, int.MaxValue), message!) { Data = data } : null;
        return error is not null;
    }

    // Whatever else is in it, or in its place, is another server's business.
    private static RpcErrorData? ReadData(ref Utf8JsonReader reader)
    {
        string? kind = null, path = null;
        int? errno = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isKind, isPath, isErrno) = (reader.ValueTextEquals("kind"u8), reader.ValueTextEquals("path"u8), reader.ValueTextEquals("errno"u8));
            reader.Read();
            if (isKind && reader.TokenType == JsonTokenType.String)
            {
                kind = reader.GetString();
            }
            else if (isPath && reader.TokenType == JsonTokenType.String)
            {
                path = reader.GetString();
            }
            else if (isErrno && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
            {
                errno = number;
            }
            else
            {
                reader.Skip();
            }
        }

        return kind is null ? null : new RpcErrorData(kind, errno, path);
    }

    /// <summary>The JSON type that begins a value, in the words of the protocol's refusals.</summary>
    public static string TypeOf(ReadOnlySpan<byte> token) => token[0] switch
    {
        (byte)'"' => "string",
        (byte)'{' => "map",
        (byte)'[' => "sequence",
        (byte)'t' => "boolean `true`",
        (byte)'f' => "boolean `false`",
        (byte)'n' => "null",
        _ => "number",
    };

    private static string TryCode(JsonTokenType type, ReadOnlySpan<byte> value, out long? code)
    {
        code = type == JsonTokenType.Number && JsonText.TryInteger(value, out var number) ? number : null;
        return (type, code) switch
        {
            (JsonTokenType.Number, null) => "invalid number",
            (_, null) => $"invalid type: {TypeOf(value)}, expected i64",
            _ => "",
        };
    }

    private static Utf8JsonReader Members(ReadOnlySpan<byte> token)
    {
        var reader = new Utf8JsonReader(token, new JsonReaderOptions { MaxDepth = JsonLimits.Depth });
        reader.Read();
        return reader;
    }
}
