using System.Numerics;
using Newtonsoft.Json;

namespace ExecActors.Protocol;

/// <summary>Reads the members of params and keeps the first thing that is wrong.</summary>
/// <remarks>
/// The order of refusals is the reference server's: members are read in the order of the message and the first of a wrong type is reported;
/// a missing one is reported at the end of its object. After an error every call returns nothing and <see cref="NextMember"/> ends the loop.
/// </remarks>
internal ref struct FieldReader(JsonTextReader json, ReadOnlyMemory<byte> source)
{
    private readonly JsonTextReader _json = json;

    /// <summary>The bytes that are being read, from the beginning.</summary>
    public readonly ReadOnlyMemory<byte> Source => source;

    /// <summary>Whether the value just passed was null.</summary>
    public readonly bool IsBehindNull => _json.TokenType == JsonToken.Null;

    /// <summary>The first thing wrong; null while all is well.</summary>
    public RpcError? Error { get; private set; }

    /// <summary>Enters an object.</summary>
    /// <param name="expected">What a refusal of another type calls it, for example <c>struct ReadParams</c>.</param>
    public bool Enter(string expected) => Advance() && (_json.TokenType == JsonToken.StartObject || FailType(expected));

    /// <summary>Enters an object unless null stands there.</summary>
    public bool EnterOrNull(string expected) =>
        Advance() && _json.TokenType != JsonToken.Null && (_json.TokenType == JsonToken.StartObject || FailType(expected));

    /// <summary>Moves to the next member of the object entered; false at its end and after an error.</summary>
    public bool NextMember(out string name)
    {
        name = "";
        if (!Advance() || _json.TokenType != JsonToken.PropertyName)
        {
            return false;
        }

        name = (string)_json.Value!;
        return true;
    }

    /// <summary>A string; null after an error only.</summary>
    public string? String() => Advance() ? CurrentString() : null;

    /// <summary>A string or null.</summary>
    public string? StringOrNull() => Advance() && _json.TokenType != JsonToken.Null ? CurrentString() : null;

    /// <summary>A boolean; null after an error only.</summary>
    public bool? Boolean()
    {
        if (Advance() && _json.TokenType != JsonToken.Boolean)
        {
            FailType("a boolean");
        }

        return Error is null ? (bool)_json.Value! : null;
    }

    /// <summary>An unsigned integer or null.</summary>
    /// <param name="max">The largest value allowed.</param>
    /// <param name="expected">The type's name in a refusal, for example <c>u64</c>.</param>
    public ulong? IntegerOrNull(ulong max, string expected) =>
        Advance() && _json.TokenType != JsonToken.Null ? CurrentInteger(max, expected) : null;

    /// <summary>An array of strings; what was read so far after an error.</summary>
    public List<string> Strings()
    {
        var list = new List<string>();
        if (EnterArray())
        {
            while (Advance() && _json.TokenType != JsonToken.EndArray)
            {
                list.Add(CurrentString() ?? "");
            }
        }

        return list;
    }

    /// <summary>Checks an array of unsigned integers, whose values nobody needs yet.</summary>
    public void CheckIntegers(ulong max, string expected)
    {
        if (EnterArray())
        {
            while (Advance() && _json.TokenType != JsonToken.EndArray)
            {
                CurrentInteger(max, expected);
            }
        }
    }

    /// <summary>An object of strings; what was read so far after an error.</summary>
    public Dictionary<string, string> StringMap()
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Enter("a map"))
        {
            while (NextMember(out var name))
            {
                map[name] = String() ?? "";
            }
        }

        return map;
    }

    /// <summary>One of several words; null after an error only.</summary>
    public string? Variant(params ReadOnlySpan<string> words)
    {
        if (!Advance())
        {
            return null;
        }

        if (_json.TokenType != JsonToken.String)
        {
            FailType("string or map");
            return null;
        }

        var word = (string)_json.Value!;
        if (words.Contains(word))
        {
            return word;
        }

        Fail(Errors.UnknownVariant(word, words));
        return null;
    }

    /// <summary>Passes over a value of any type.</summary>
    /// <returns>Whether it was something other than null and other than an empty array or object.</returns>
    public bool Skip()
    {
        if (!Advance() || _json.TokenType == JsonToken.Null)
        {
            return false;
        }

        if (_json.TokenType is not (JsonToken.StartArray or JsonToken.StartObject))
        {
            return true;
        }

        var depth = _json.Depth;
        var hasContent = Advance() && _json.Depth > depth;
        while (_json.Depth > depth && Advance())
        {
        }

        return hasContent;
    }

    /// <summary>Notes that a required member is missing when its value is null.</summary>
    public void Require(object? value, string name)
    {
        if (value is null)
        {
            Fail(Errors.MissingField(name));
        }
    }

    /// <summary>Notes an error unless one was noted before.</summary>
    public void Fail(RpcError error) => Error ??= error;

    private bool EnterArray() => Advance() && (_json.TokenType == JsonToken.StartArray || FailType("a sequence"));

    private bool Advance()
    {
        if (Error is null && !_json.Read())
        {
            Fail(Errors.InvalidParams("params end too early"));
        }

        return Error is null;
    }

    private string? CurrentString()
    {
        if (_json.TokenType == JsonToken.String)
        {
            return (string)_json.Value!;
        }

        FailType("a string");
        return null;
    }

    private ulong? CurrentInteger(ulong max, string expected)
    {
        ulong? value = (_json.TokenType, _json.Value) switch
        {
            (JsonToken.Integer, long number) when number >= 0 && (ulong)number <= max => (ulong)number,
            (JsonToken.Integer, BigInteger number) when number >= 0 && number <= max => (ulong)number,
            _ => null,
        };
        if (value is null)
        {
            _ = _json.TokenType is JsonToken.Integer or JsonToken.Float
                ? FailWith(Errors.InvalidParams("invalid number"))
                : FailType(expected);
        }

        return value;
    }

    private bool FailType(string expected) => FailWith(Errors.InvalidType(Found(), expected));

    private bool FailWith(RpcError error)
    {
        Fail(error);
        return false;
    }

    private readonly string Found() => (_json.TokenType, _json.Value) switch
    {
        (JsonToken.Null, _) => "null",
        (_, bool value) => value ? "boolean `true`" : "boolean `false`",
        (_, string value) => $"string {Echo.Quoted(value)}",
        (JsonToken.StartArray, _) => "sequence",
        (JsonToken.StartObject, _) => "map",
        _ => "number",
    };
}
