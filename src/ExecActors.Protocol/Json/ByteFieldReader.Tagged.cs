using System.Text;
using System.Text.Json;

namespace ExecActors.Protocol;

/// <summary>Objects whose shape one member, the tag, decides.</summary>
internal ref partial struct ByteFieldReader
{
    /// <summary>Enters an object and finds its tag, wherever among the members it stands; then all members follow, the tag too.</summary>
    /// <param name="expected">What a refusal of another type calls the object.</param>
    /// <param name="tag">The tag's name.</param>
    /// <param name="words">The tags there are.</param>
    /// <returns>Null after an error only.</returns>
    public string? EnterTagged(string expected, string tag, params scoped ReadOnlySpan<string> words)
    {
        var isInner = _isTagged;
        _isTagged = true;
        if (!Enter(expected))
        {
            return null;
        }

        var ahead = this;
        ahead._isTagged = isInner;
        var word = ahead.FindTag(tag, words);
        Error = ahead.Error;
        return word;
    }

    /// <summary>Says that the outermost such object lies behind.</summary>
    public void LeaveTagged() => _isTagged = false;

    /// <summary>A positive integer or null; null after an error too.</summary>
    /// <returns>At most <see cref="int.MaxValue"/>, whatever larger number stands there.</returns>
    public int? NonzeroOrNull()
    {
        const string Expected = "a nonzero usize";
        if (!Advance() || _reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (_reader.TokenType == JsonTokenType.Number && _reader.TryGetUInt64(out var value) && value > 0)
        {
            return (int)Math.Min(value, int.MaxValue);
        }

        if (_reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out _))
        {
            Fail(Errors.InvalidParams($"invalid value: {NumberName()}, expected {Expected}"));
        }
        else
        {
            FailType(Expected);
        }

        return null;
    }

    private string? FindTag(string tag, scoped ReadOnlySpan<string> words)
    {
        while (NextMember())
        {
            if (Content().Span.SequenceEqual(Encoding.UTF8.GetBytes(tag)))
            {
                return Advance() ? CurrentVariant(words, "variant identifier") : null;
            }

            Skip();
        }

        Fail(Errors.MissingField(tag));
        return null;
    }

    private readonly string NumberName()
    {
        var digits = Echo.Of(Encoding.UTF8.GetString(_reader.ValueSpan));
        return _reader.TryGetInt64(out _) || _reader.TryGetUInt64(out _)
            ? $"integer `{digits}`"
            : $"floating point `{digits}`";
    }
}
