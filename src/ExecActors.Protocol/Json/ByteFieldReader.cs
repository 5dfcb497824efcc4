using System.Text;
using System.Text.Json;

namespace ExecActors.Protocol;

/// <summary><see cref="FieldReader"/> for messages that carry bytes: strings can be taken as slices of the frame.</summary>
/// <remarks>
/// Made for bytes that an envelope scan has passed; others are refused as params that are not JSON. A copy reads ahead without moving the original.
/// </remarks>
internal ref partial struct ByteFieldReader
{
    private readonly ReadOnlyMemory<byte> _json;
    private Utf8JsonReader _reader;
    private bool _isTagged; // within an object with a tag: the reference server names numbers in another way there

    public ByteFieldReader(ReadOnlyMemory<byte> json)
    {
        _json = json.IsEmpty ? "null"u8.ToArray() : json; // absent params are null params
        _reader = new Utf8JsonReader(_json.Span, new JsonReaderOptions { MaxDepth = JsonLimits.Depth });
    }

    /// <summary>The first thing wrong; null while all is well.</summary>
    public RpcError? Error { get; private set; }

    /// <summary>Enters an object.</summary>
    public bool Enter(string expected) => Advance() && (_reader.TokenType == JsonTokenType.StartObject || FailType(expected));

    /// <summary>Enters an object unless null stands there.</summary>
    public bool EnterOrNull(string expected) =>
        Advance() && _reader.TokenType != JsonTokenType.Null && (_reader.TokenType == JsonTokenType.StartObject || FailType(expected));

    /// <summary>Enters an array.</summary>
    public bool EnterArray() => Advance() && IsArray();

    /// <summary>Enters an array unless null stands there.</summary>
    public bool EnterArrayOrNull() => Advance() && _reader.TokenType != JsonTokenType.Null && IsArray();

    /// <summary>Moves before the next element of the array entered; false at its end and after an error.</summary>
    public bool NextElement()
    {
        var ahead = this;
        if (ahead.Advance() && ahead._reader.TokenType != JsonTokenType.EndArray)
        {
            return true;
        }

        Advance(); // past the end, or into the same error
        return false;
    }

    /// <summary>Moves to the next member; false at the object's end and after an error.</summary>
    public bool NextMember() => Advance() && _reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Whether the member has this name, however it is spelled.</summary>
    public readonly bool IsNamed(ReadOnlySpan<byte> name) => Content().Span.SequenceEqual(name);

    /// <summary>A string; null after an error only.</summary>
    public string? String() => AdvanceToString() ? Text() : null;

    /// <summary>A string's text in UTF-8: a slice of the JSON, or a copy if it held an escape. Null after an error only.</summary>
    public ReadOnlyMemory<byte>? Bytes() => AdvanceToString() ? Content() : null;

    /// <summary>A string or null.</summary>
    public string? StringOrNull() => Advance() && _reader.TokenType != JsonTokenType.Null && IsString() ? Text() : null;

    /// <summary>One of several words; null after an error only.</summary>
    public string? Variant(params scoped ReadOnlySpan<string> words) => Advance() ? CurrentVariant(words) : null;

    /// <summary>One of several words or null; null after an error too.</summary>
    public string? VariantOrNull(params scoped ReadOnlySpan<string> words) =>
        Advance() && _reader.TokenType != JsonTokenType.Null ? CurrentVariant(words) : null;

    /// <summary>A boolean; false after an error.</summary>
    public bool Boolean() => Advance() && CurrentBoolean();

    /// <summary>A boolean or null; null after an error too.</summary>
    public bool? BooleanOrNull() => Advance() && _reader.TokenType != JsonTokenType.Null ? CurrentBoolean() : null;

    /// <summary>An unsigned integer; 0 after an error.</summary>
    /// <param name="expected">The type's name in a refusal, for example <c>usize</c>.</param>
    public ulong Integer(string expected = "u64")
    {
        if (!Advance())
        {
            return 0;
        }

        if (_reader.TokenType != JsonTokenType.Number)
        {
            FailType(expected);
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

    private readonly string Text() => Encoding.UTF8.GetString(Content().Span);

    private bool AdvanceToString() => Advance() && IsString();

    private bool IsString() => _reader.TokenType == JsonTokenType.String || FailType("a string");

    private bool IsArray() => _reader.TokenType == JsonTokenType.StartArray || FailType("a sequence");

    private bool CurrentBoolean()
    {
        var value = _reader.TokenType == JsonTokenType.True;
        return value || _reader.TokenType == JsonTokenType.False ? value : FailType("a boolean");
    }

    private string? CurrentVariant(scoped ReadOnlySpan<string> words, string expected = "string or map")
    {
        if (_reader.TokenType != JsonTokenType.String)
        {
            FailType(expected);
            return null;
        }

        var word = Text();
        if (words.Contains(word))
        {
            return word;
        }

        Fail(Errors.UnknownVariant(word, words));
        return null;
    }

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
        Fail(Errors.InvalidType(Found(), expected));
        return false;
    }

    private readonly string Found()
    {
        if (_reader.TokenType == JsonTokenType.String)
        {
            return $"string {Echo.Quoted(Text())}";
        }

        return _isTagged && _reader.TokenType == JsonTokenType.Number
            ? NumberName()
            : EnvelopeValues.TypeOf(_json.Span[(int)_reader.TokenStartIndex..]);
    }
}
