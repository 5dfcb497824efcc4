using System.Runtime.InteropServices;

namespace ExecActors.Protocol;

/// <summary>Where a member's name lies: in the frame, or, when it held escapes, complemented in the unescaped scratch.</summary>
internal readonly record struct MemberName(int Start, int Length);

/// <summary>The names seen so far in every open container, so that a repeated one is refused at any depth.</summary>
/// <remarks>
/// Small objects are compared pairwise as they grow. A larger one is sorted at its end by a hash keyed with this process's secret, so a
/// hostile message of any names costs n log n.
/// </remarks>
internal ref struct MemberNames
{
    private const int PairwiseLimit = 16;

    private readonly ReadOnlySpan<byte> _json;
    private readonly Span<int> _levels; // where each open container's names begin; complemented while it is still empty
    private Span<MemberName> _names;
    private MemberName[]? _rentedNames;
    private byte[]? _unescaped;
    private int _unescapedLength;
    private int _count;
    private int _depth;

    public MemberNames(ReadOnlySpan<byte> json, Span<MemberName> names, Span<int> levels)
    {
        _json = json;
        _names = names;
        _levels = levels;
    }

    /// <summary>Whether the innermost container has had no member or element yet.</summary>
    public readonly bool IsFresh => _levels[_depth - 1] < 0;

    public void Open() => _levels[_depth++] = ~_count;

    public readonly void MarkUsed()
    {
        ref var level = ref _levels[_depth - 1];
        level = level < 0 ? ~level : level;
    }

    public readonly ReadOnlySpan<byte> TextOf(MemberName name) =>
        name.Start >= 0 ? _json.Slice(name.Start, name.Length) : _unescaped.AsSpan(~name.Start, name.Length);

    /// <summary>Adds a name to the innermost object.</summary>
    /// <returns>False when a small object already has it.</returns>
    public bool TryAdd(MemberName raw, bool escaped, out MemberName stored)
    {
        stored = escaped ? Unescape(raw) : raw;
        var siblings = _names[_levels[_depth - 1].._count];
        if (siblings.Length < PairwiseLimit && ContainsName(siblings, TextOf(stored)))
        {
            return false;
        }

        if (_count == _names.Length)
        {
            GrowNames();
        }

        _names[_count++] = stored;
        return true;
    }

    /// <summary>Forgets the innermost container.</summary>
    /// <returns>False when it was an object that had a name twice.</returns>
    public bool TryClose(out MemberName duplicate)
    {
        MarkUsed();
        var start = _levels[--_depth];
        var names = _names[start.._count];
        _count = start;
        duplicate = default;
        return names.Length <= PairwiseLimit || !HasDuplicate(names, out duplicate);
    }

    public void Release()
    {
        if (_rentedNames is not null)
        {
            ScratchPool<MemberName>.Return(_rentedNames);
        }

        if (_unescaped is not null)
        {
            ScratchPool<byte>.Return(_unescaped);
        }

        _rentedNames = null;
        _unescaped = null;
    }

    private readonly bool ContainsName(ReadOnlySpan<MemberName> names, ReadOnlySpan<byte> text)
    {
        foreach (var name in names)
        {
            if (name.Length == text.Length && TextOf(name).SequenceEqual(text))
            {
                return true;
            }
        }

        return false;
    }

    private readonly bool HasDuplicate(Span<MemberName> names, out MemberName duplicate)
    {
        var rented = ScratchPool<int>.Rent(names.Length);
        try
        {
            var hashes = rented.AsSpan(0, names.Length);
            for (var i = 0; i < names.Length; i++)
            {
                hashes[i] = KeyedHash(TextOf(names[i]));
            }

            hashes.Sort(names);
            for (var i = 1; i < names.Length; i++)
            {
                // Equal hashes stand together; without the key nobody can make such a run long.
                for (var j = i - 1; j >= 0 && hashes[j] == hashes[i]; j--)
                {
                    if (TextOf(names[i]).SequenceEqual(TextOf(names[j])))
                    {
                        duplicate = names[i];
                        return true;
                    }
                }
            }
        }
        finally
        {
            ScratchPool<int>.Return(rented);
        }

        duplicate = default;
        return false;
    }

    // string.GetHashCode is Marvin with a seed drawn at start, made against chosen collisions; it reads any bytes as pairs.
    private static int KeyedHash(ReadOnlySpan<byte> text)
    {
        var hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(text), StringComparison.Ordinal);
        return (text.Length & 1) == 0 ? hash : hash ^ text[^1];
    }

    private MemberName Unescape(MemberName raw)
    {
        var needed = _unescapedLength + raw.Length; // unescaping never lengthens
        if (_unescaped is null || _unescaped.Length < needed)
        {
            var larger = ScratchPool<byte>.Rent(Math.Max(needed, 2 * (_unescaped?.Length ?? 128)));
            if (_unescaped is not null)
            {
                _unescaped.AsSpan(0, _unescapedLength).CopyTo(larger);
                ScratchPool<byte>.Return(_unescaped);
            }

            _unescaped = larger;
        }

        var written = JsonText.Unescape(_json.Slice(raw.Start, raw.Length), _unescaped.AsSpan(_unescapedLength));
        var stored = new MemberName(~_unescapedLength, written);
        _unescapedLength += written;
        return stored;
    }

    private void GrowNames()
    {
        var larger = ScratchPool<MemberName>.Rent(_names.Length * 2);
        _names[.._count].CopyTo(larger);
        if (_rentedNames is not null)
        {
            ScratchPool<MemberName>.Return(_rentedNames);
        }

        _rentedNames = larger;
        _names = larger;
    }
}
