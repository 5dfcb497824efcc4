using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ExecActors.Protocol;

/// <summary>The protocol's paths, <c>file:</c> URIs, to and from the bytes of Linux paths.</summary>
/// <remarks>
/// Dot segments go away lexically, before anything looks at links. Bytes that are not UTF-8 travel percent-encoded. Unlike the reference
/// server, a text that begins with a slash is taken as an absolute path, every character literal.
/// </remarks>
public static class PathUri
{
    // What a URI path shows as it is; the reference server's choice.
    private static readonly SearchValues<byte> s_literal = SearchValues.Create(
        "!$&'()*+,-./0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz|~"u8);

    /// <summary>Finds the path that a URI or absolute path names.</summary>
    /// <param name="uri">The text as it came.</param>
    /// <param name="role">What the path is for.</param>
    /// <param name="nativePath">Bytes of an absolute path: no NUL, no empty and no dot segments, no slash at the end except for the root.</param>
    /// <param name="error">Why the text is refused.</param>
    public static bool TryParse(string uri, PathRole role, [NotNullWhen(true)] out byte[]? nativePath, out RpcError error)
    {
        nativePath = null;
        return ParsedPathUri.TryParse(uri, out var parsed, out error) && parsed.TryToNative(role, out nativePath, out error);
    }

    /// <summary><see cref="TryParse(string, PathRole, out byte[], out RpcError)"/> for a file method's path.</summary>
    public static bool TryParse(string uri, [NotNullWhen(true)] out byte[]? nativePath, out RpcError error) =>
        TryParse(uri, PathRole.File, out nativePath, out error);

    /// <summary>The URI of an absolute path.</summary>
    /// <param name="path">Bytes of an absolute path.</param>
    /// <exception cref="ArgumentException">The path does not begin with a slash.</exception>
    public static string FromNative(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty || path[0] != (byte)'/')
        {
            throw new ArgumentException("Only an absolute path has a URI.", nameof(path));
        }

        var uri = new StringBuilder("file://", path.Length + 16);
        for (var i = 0; i < path.Length; i++)
        {
            // "/C:/x" as it stands would come back as a path of another platform.
            var drive = i == 1 && ParsedPathUri.BeginsWithDrive(path[1..]);
            if (s_literal.Contains(path[i]) && !drive)
            {
                uri.Append((char)path[i]);
            }
            else
            {
                uri.Append('%').Append(Convert.ToHexString(path.Slice(i, 1)));
            }
        }

        return uri.ToString();
    }
}
