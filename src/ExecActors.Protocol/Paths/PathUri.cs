using System.Buffers;
using System.Buffers.Text;
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

    private static ReadOnlySpan<byte> Scheme => "file://"u8;

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

        var length = LongestUri(path.Length);
        var rented = length <= 1024 ? null : ScratchPool<byte>.Rent(length);
        var uri = rented ?? stackalloc byte[1024];
        var text = Encoding.ASCII.GetString(uri[..WriteUri(path, uri)]);
        if (rented is not null)
        {
            ScratchPool<byte>.Return(rented);
        }

        return text;
    }

    /// <summary>Room that <see cref="WriteUri"/> needs at most.</summary>
    internal static int LongestUri(int pathLength) => Scheme.Length + (3 * pathLength);

    /// <summary>The URI of an absolute path as ASCII, free of what JSON escapes.</summary>
    /// <param name="path">Begins with a slash.</param>
    /// <param name="destination">At least <see cref="LongestUri"/> long.</param>
    /// <returns>The bytes written.</returns>
    internal static int WriteUri(ReadOnlySpan<byte> path, Span<byte> destination)
    {
        Scheme.CopyTo(destination);
        var at = Scheme.Length;
        if (ParsedPathUri.BeginsWithDrive(path[1..]))
        {
            // "/C:/x" as it stands would come back as a path of another platform.
            destination[at++] = (byte)'/';
            at += Percent(path[1], destination[at..]);
            path = path[2..];
        }

        while (!path.IsEmpty)
        {
            var run = path.IndexOfAnyExcept(s_literal);
            var plain = run < 0 ? path : path[..run];
            plain.CopyTo(destination[at..]);
            at += plain.Length;
            path = path[plain.Length..];
            if (!path.IsEmpty)
            {
                at += Percent(path[0], destination[at..]);
                path = path[1..];
            }
        }

        return at;
    }

    private static int Percent(byte value, Span<byte> destination)
    {
        destination[0] = (byte)'%';
        Utf8Formatter.TryFormat(value, destination[1..], out _, new StandardFormat('X', 2));
        return 3;
    }
}
