using System.Text.Json;

namespace ExecActors.Protocol;

/// <summary>Members that may be null.</summary>
internal ref partial struct ByteFieldReader
{
    /// <summary>A string's text in UTF-8, as <see cref="Bytes"/> gives it, or null.</summary>
    public ReadOnlyMemory<byte>? BytesOrNull()
    {
        if (!Advance() || _reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        return IsString() ? Content() : null;
    }

    /// <summary>An unsigned integer or null; null after an error too.</summary>
    public ulong? IntegerOrNull()
    {
        if (!Advance() || _reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (_reader.TokenType != JsonTokenType.Number)
        {
            FailType("u64");
            return null;
        }

        if (_reader.TryGetUInt64(out var value))
        {
            return value;
        }

        Fail(Errors.InvalidParams("invalid number"));
        return null;
    }
}
