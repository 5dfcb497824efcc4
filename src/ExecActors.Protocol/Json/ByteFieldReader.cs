using System.Text;
using System.Text.Json;

namespace ExecActors.Protocol;

/// <summary><see cref="FieldReader"/> for messages that carry bytes: strings can be taken as slices of the frame.</summary>
/// <remarks>Made for bytes that an envelope scan has passed; others are refused as params that are not JSON.</remarks>
internal ref partial struct ByteFieldReader
{
    private readonly ReadOnlyMemory<byte> _json;
    private Utf8JsonReader _reader;

    public ByteFieldReader(ReadOnlyMemory<byte> json)
    {
        _json = json.IsEmpty ? "null"u8.ToArray() : json; // absent params are null params
        _reader = new Utf8JsonReader(_json.Span, new JsonReaderOptions { MaxDepth = JsonLimits.Depth });
    }

    /// <summary>The first thing wrong; null while all is well.</summary>
    public RpcError? Error { get; private set; }

    /// <summary>Enters an object.</summary>
    public bool Enter(string expected) => Advance() && (_reader.TokenType == JsonTokenType.StartObject || FailType(expected));

    /// <summary>Moves to the next member; false at the object's end and after an error.</summary>
    public bool NextMember() => Advance() && _reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Whether the member has this name, however it is spelled.</summary>
    public readonly bool IsNamed(ReadOnlySpan<byte> name) => Content().Span.SequenceEqual(name);

    /// <summary>A string; null after an error only.</summary>
    public string? String() => AdvanceToString() ? Encoding.UTF8.GetString(Content().Span) : null;

    /// <summary>A string's text in UTF-8: a slice of the JSON, or a copy if it held an escape. Null after an error only.</summary>
    public ReadOnlyMemory<byte>? Bytes() => AdvanceToString() ? Content() : null;

    /// <summary>A boolean; false after an error.</summary>
    public bool Boolean()
    {
        if (Advance() && _reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
        {
            FailType("a boolean");
        }

        return Error is null && _reader.TokenType == JsonTokenType.True;
    }

    /// <summary>An unsigned integer; 0 after an error.</summary>
    public ulong Integer()
    {
        if (!Advance())
        {
            return 0;
        }

        if (_reader.TokenType != JsonTokenType.Number)
        {
            FailType("u64");
            return 0;
        }

        if (!_reader.TryGetUInt64(out var value))
        {
            Fail(Errors.InvalidParams("invalid number"));
        }

        return value;
    }

    /// <summary>Passes over a value of any type.</summary>
    public void Skip()
    {
        if (!Advance() || _reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return;
        }

        var depth = _reader.CurrentDepth;
        while (Advance() && _reader.CurrentDepth > depth)
        {
        }
    }

    /// <summary>Notes that a required member is missing.</summary>
    public void Require(bool present, string name)
    {
        if (!present)
        {
            Fail(Errors.MissingField(name));
        }
    }

    /// <summary>Notes an error unless one was noted before.</summary>
    public void Fail(RpcError error) => Error ??= error;

    private static RpcError NotJson => Errors.InvalidParams("params are not JSON");

    /// <summary>The text of the present name or string, a copy only if it holds an escape.</summary>
    private readonly ReadOnlyMemory<byte> Content()
    {
        var content = _json.Slice((int)_reader.TokenStartIndex + 1, _reader.ValueSpan.Length);
        if (!_reader.ValueIsEscaped)
        {
            return content;
        }

        var copy = new byte[content.Length];
        return copy.AsMemory(0, JsonText.Unescape(content.Span, copy));
    }

    private bool AdvanceToString() => Advance() && (_reader.TokenType == JsonTokenType.String || FailType("a string"));

    private bool Advance()
    {
        if (Error is not null)
        {
            return false;
        }

        try
        {
            if (_reader.Read())
            {
                return true;
            }
        }
        catch (JsonException)
        {
            // Only bytes that no envelope scan has passed come here.
        }

        Fail(NotJson);
        return false;
    }

    private bool FailType(string expected)
    {
        var found = _reader.TokenType == JsonTokenType.String
            ? $"string {Echo.Quoted(Encoding.UTF8.GetString(Content().Span))}"
            : EnvelopeValues.TypeOf(_json.Span[(int)_reader.TokenStartIndex..]);
        Fail(Errors.InvalidType(found, expected));
        return false;
    }
}
