using System.Text;
using System.Text.Json;

namespace ExecActors.Protocol;

/// <summary>Arrays and words.</summary>
internal ref partial struct ByteFieldReader
{
    /// <summary>Enters an array.</summary>
    public bool EnterArray() => Advance() && (_reader.TokenType == JsonTokenType.StartArray || FailType("a sequence"));

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

    /// <summary>A string or null.</summary>
    public string? StringOrNull() =>
        Advance() && _reader.TokenType != JsonTokenType.Null && (_reader.TokenType == JsonTokenType.String || FailType("a string"))
            ? Encoding.UTF8.GetString(Content().Span)
            : null;

    /// <summary>One of several words; null after an error only.</summary>
    public string? Variant(params scoped ReadOnlySpan<string> words)
    {
        if (!Advance())
        {
            return null;
        }

        if (_reader.TokenType != JsonTokenType.String)
        {
            FailType("string or map");
            return null;
        }

        var word = Encoding.UTF8.GetString(Content().Span);
        if (words.Contains(word))
        {
            return word;
        }

        Fail(Errors.UnknownVariant(word, words));
        return null;
    }
}
