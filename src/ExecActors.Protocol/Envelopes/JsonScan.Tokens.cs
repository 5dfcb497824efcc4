using System.Buffers;
using System.Text.Unicode;

namespace ExecActors.Protocol;

/// <summary>The tokens: strings, numbers, literals and white space.</summary>
internal ref partial struct JsonScan
{
    private static readonly SearchValues<byte> s_endsAsciiRun = SearchValues.Create(
        [.. Enumerable.Range(0, 256).Where(b => b is < 0x20 or (byte)'"' or (byte)'\\' or >= 0x80).Select(b => (byte)b)]);

    private static readonly SearchValues<byte> s_endsPlainRun = SearchValues.Create(
        [.. Enumerable.Range(0, 128).Where(b => b is < 0x20 or (byte)'"' or (byte)'\\').Select(b => (byte)b)]);

    private void SkipSpace()
    {
        if (_at < _json.Length && _json[_at] <= (byte)' ')
        {
            var length = _json[_at..].IndexOfAnyExcept(" \t\r\n"u8);
            _at = length < 0 ? _json.Length : _at + length;
        }
    }

    /// <summary>The rest of a string whose opening quote has been passed; ends behind the closing quote.</summary>
    private bool TryString(out bool escaped)
    {
        escaped = false;
        while (true)
        {
            var run = _json[_at..].IndexOfAny(s_endsAsciiRun);
            if (run < 0)
            {
                _at = _json.Length;
                return Fail("EOF while parsing a string");
            }

            _at += run;
            switch (_json[_at])
            {
                case (byte)'"':
                    _at++;
                    return true;
                case (byte)'\\':
                    escaped = true;
                    if (!TryEscape())
                    {
                        return false;
                    }

                    break;
                case < 0x20:
                    return Fail("control character (\\u0000-\\u001F) found while parsing a string");
                default:
                    if (!TryNonAscii())
                    {
                        return false;
                    }

                    break;
            }
        }
    }

    /// <summary>A run that begins outside ASCII. It ends at an ASCII byte, so it never cuts a well-formed sequence.</summary>
    private bool TryNonAscii()
    {
        var run = _json[_at..].IndexOfAny(s_endsPlainRun);
        var text = run < 0 ? _json[_at..] : _json.Slice(_at, run);
        if (!Utf8.IsValid(text))
        {
            return Fail("invalid unicode code point");
        }

        _at += text.Length;
        return true;
    }

    private bool TryEscape()
    {
        if (_at + 1 >= _json.Length)
        {
            return Fail("EOF while parsing a string");
        }

        switch (_json[_at + 1])
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                _at += 2;
                return true;
            case (byte)'u':
                return TryUnicodeEscape();
            default:
                return Fail("invalid escape");
        }
    }

    private bool TryUnicodeEscape()
    {
        var unit = JsonText.HexUnit(_json[_at..]);
        if (unit < 0)
        {
            return Fail("invalid escape");
        }

        _at += 6;
        if (!char.IsSurrogate((char)unit))
        {
            return true;
        }

        // A text of the protocol is Unicode: half a surrogate pair has no meaning and no UTF-8 form.
        if (!char.IsHighSurrogate((char)unit) || JsonText.HexUnit(_json[_at..]) is not (>= 0xDC00 and <= 0xDFFF))
        {
            return Fail("lone surrogate in hex escape");
        }

        _at += 6;
        return true;
    }

    private bool TryLiteral(ReadOnlySpan<byte> literal)
    {
        if (!_json[_at..].StartsWith(literal))
        {
            return Fail("expected ident");
        }

        _at += literal.Length;
        return true;
    }

    private bool TryNumber()
    {
        if (_json[_at] == (byte)'-')
        {
            _at++;
        }

        var digits = SkipDigits(out var leadingZero);
        if (digits == 0 || (leadingZero && digits > 1))
        {
            return Fail("invalid number");
        }

        if (_at < _json.Length && _json[_at] == (byte)'.')
        {
            _at++;
            if (SkipDigits(out _) == 0)
            {
                return Fail("invalid number");
            }
        }

        if (_at < _json.Length && _json[_at] is (byte)'e' or (byte)'E')
        {
            _at++;
            if (_at < _json.Length && _json[_at] is (byte)'+' or (byte)'-')
            {
                _at++;
            }

            if (SkipDigits(out _) == 0)
            {
                return Fail("invalid number");
            }
        }

        return true;
    }

    private int SkipDigits(out bool leadingZero)
    {
        var rest = _json[_at..];
        leadingZero = !rest.IsEmpty && rest[0] == (byte)'0';
        var length = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        length = length < 0 ? rest.Length : length;
        _at += length;
        return length;
    }
}
