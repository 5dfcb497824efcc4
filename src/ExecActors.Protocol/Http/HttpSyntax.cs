using System.Buffers;
using System.Text;

namespace ExecActors.Protocol;

/// <summary>What may stand in the head of an HTTP message (RFC 9110 section 5).</summary>
internal static class HttpSyntax
{
    private const int LongestName = 65_535; // the reference server's

    private static readonly SearchValues<char> s_token = SearchValues.Create(
        "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~");

    // All controls but the tab.
    private static readonly SearchValues<char> s_unfit = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (char)c).Where(c => c != '\t'), '\x7F']);

    /// <summary>A method.</summary>
    public static bool IsMethod(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(s_token);

    /// <summary>A header's name.</summary>
    public static bool IsName(ReadOnlySpan<char> text) => IsMethod(text) && text.Length <= LongestName;

    /// <summary>A header's value; blanks around it are its own.</summary>
    public static bool IsValue(ReadOnlySpan<char> text) => !text.ContainsAny(s_unfit) && !HasHalfPair(text);

    // How a variable that is not UTF-8 looks here: as a header it would have to be changed.
    private static bool HasHalfPair(ReadOnlySpan<char> text)
    {
        for (var i = text.IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text[i..], out _, out var used) != OperationStatus.Done)
            {
                return true;
            }

            i += used;
        }

        return false;
    }
}
