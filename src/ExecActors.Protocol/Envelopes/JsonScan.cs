namespace ExecActors.Protocol;

/// <summary>One pass over a frame: checks that it is exactly one JSON object within the limits, and notes where its members' values lie.</summary>
/// <remarks>
/// Nothing is decoded and nothing is allocated for an ordinary frame. Nesting lives in a bit per level, not on the stack. Call
/// <see cref="Release"/> at the end: the names of large objects are kept in pooled memory.
/// </remarks>
internal ref partial struct JsonScan
{
    private readonly ReadOnlySpan<byte> _json;
    private int _at;
    private int _values;
    private int _depth;
    private UInt128 _objects; // bit 0 says whether the innermost open container is an object
    private MemberNames _names;
    private EnvelopeMembers _members;
    private EnvelopeMember _open = EnvelopeMember.Other; // the member of the message object whose value is being read
    private int _openedAt;

    /// <param name="json">The frame.</param>
    /// <param name="names">Room for the names of the open objects, before the pool is asked.</param>
    /// <param name="levels">At least <see cref="JsonLimits.Depth"/> long.</param>
    public JsonScan(ReadOnlySpan<byte> json, Span<MemberName> names, Span<int> levels)
    {
        _json = json;
        _names = new MemberNames(json, names, levels);
    }

    /// <summary>Where the members' values lie, once <see cref="TryRun"/> has returned true.</summary>
    public readonly EnvelopeMembers Members => _members;

    /// <summary>What is wrong, once <see cref="TryRun"/> has returned false.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Reads the frame to its end.</summary>
    public bool TryRun()
    {
        SkipSpace();
        if (_at == _json.Length)
        {
            return Fail("EOF while parsing a value");
        }

        if (_json[_at] != (byte)'{')
        {
            return Fail(_json[_at] is (byte)'[' or (byte)'"' or (byte)'-' or (byte)'t' or (byte)'f' or (byte)'n' or (>= (byte)'0' and <= (byte)'9')
                ? "expected a JSON-RPC object"
                : "expected value");
        }

        if (!TryValue())
        {
            return false;
        }

        while (_depth > 0)
        {
            if (!TryNext())
            {
                return false;
            }
        }

        SkipSpace();
        return _at == _json.Length || Fail("trailing characters");
    }

    public void Release() => _names.Release();

    /// <summary>After a value or an opening bracket: the container's end, or its next value.</summary>
    private bool TryNext()
    {
        SkipSpace();
        var inObject = (_objects & 1) != 0;
        if (_at == _json.Length)
        {
            return Fail(inObject ? "EOF while parsing an object" : "EOF while parsing a list");
        }

        var first = _names.IsFresh;
        var b = _json[_at];
        if (b == (inObject ? (byte)'}' : (byte)']'))
        {
            return TryClose();
        }

        if (!first)
        {
            if (b != (byte)',')
            {
                return Fail(inObject ? "expected `,` or `}`" : "expected `,` or `]`");
            }

            _at++;
            SkipSpace();
            if (_at < _json.Length && _json[_at] is (byte)'}' or (byte)']')
            {
                return Fail("trailing comma");
            }
        }

        _names.MarkUsed();
        return (!inObject || TryName()) && TryValue();
    }

    /// <summary>A member's name and its colon.</summary>
    private bool TryName()
    {
        if (_at == _json.Length || _json[_at] != (byte)'"')
        {
            return Fail(_at == _json.Length ? "EOF while parsing an object" : "key must be a string");
        }

        var start = ++_at;
        if (!TryString(out var escaped))
        {
            return false;
        }

        var name = new MemberName(start, _at - 1 - start);
        if (!_names.TryAdd(name, escaped, out var stored))
        {
            return FailDuplicate(stored);
        }

        SkipSpace();
        if (_at == _json.Length || _json[_at] != (byte)':')
        {
            return Fail("expected `:`");
        }

        _at++;
        SkipSpace();
        if (_depth == 1)
        {
            _open = EnvelopeMembers.Named(_names.TextOf(stored));
            _openedAt = _at;
        }

        return true;
    }

    /// <summary>A whole scalar, or the opening bracket of a container.</summary>
    private bool TryValue()
    {
        if (_at == _json.Length)
        {
            return Fail("EOF while parsing a value");
        }

        if (++_values > JsonLimits.Values)
        {
            return Fail($"JSON-RPC message exceeds the limit of {JsonLimits.Values} JSON values");
        }

        var b = _json[_at];
        switch (b)
        {
            case (byte)'{':
            case (byte)'[':
                return TryOpen(b == (byte)'{');
            case (byte)'"':
                _at++;
                return TryString(out _) && EndValue();
            case (byte)'t':
                return TryLiteral("true"u8) && EndValue();
            case (byte)'f':
                return TryLiteral("false"u8) && EndValue();
            case (byte)'n':
                return TryLiteral("null"u8) && EndValue();
            default:
                return b is (byte)'-' or (>= (byte)'0' and <= (byte)'9')
                    ? TryNumber() && EndValue()
                    : Fail("expected value");
        }
    }

    private bool TryOpen(bool isObject)
    {
        if (_depth == JsonLimits.Depth)
        {
            return Fail("recursion limit exceeded");
        }

        _at++;
        _depth++;
        _objects = (_objects << 1) | (isObject ? UInt128.One : UInt128.Zero);
        _names.Open();
        return true;
    }

    private bool TryClose()
    {
        if (!_names.TryClose(out var duplicate))
        {
            return FailDuplicate(duplicate);
        }

        _at++;
        _depth--;
        _objects >>= 1;
        return EndValue();
    }

    /// <summary>Notes the extent of a member of the message object when its value has just ended.</summary>
    private bool EndValue()
    {
        if (_depth == 1 && _open != EnvelopeMember.Other)
        {
            _members[(int)_open] = (_openedAt, _at - _openedAt);
            _open = EnvelopeMember.Other;
        }

        return true;
    }

    private bool FailDuplicate(MemberName name)
    {
        var text = System.Text.Encoding.UTF8.GetString(_names.TextOf(name)[..Math.Min(name.Length, Echo.Limit)]);
        return Fail($"duplicate JSON object key `{text}`");
    }

    /// <summary>Keeps what is wrong together with the place, lines and columns counted from 1 and in bytes.</summary>
    private bool Fail(string problem)
    {
        var before = _json[.._at];
        var line = before.Count((byte)'\n') + 1;
        var column = _at - before.LastIndexOf((byte)'\n');
        Problem = $"{problem} at line {line} column {column}";
        return false;
    }
}
