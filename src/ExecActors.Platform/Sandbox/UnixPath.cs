using System.Text;

namespace ExecActors.Platform;

/// <summary>An absolute path as the kernel has it: bytes, compared as bytes, without trailing slash, <c>.</c>, <c>..</c> or repeated slashes.</summary>
/// <remarks>Kept as text with one character per byte (Latin-1), so that prefixes and dictionaries are those of strings. The default value is the root.</remarks>
public readonly record struct UnixPath
{
    private readonly string? _raw;

    private UnixPath(string raw) => _raw = raw;

    /// <summary>Puts a directory before what lies below it.</summary>
    public static IComparer<UnixPath> ByteOrder { get; } = Comparer<UnixPath>.Create((one, other) => string.CompareOrdinal(one.Raw, other.Raw));

    /// <summary><c>/</c>.</summary>
    public static UnixPath Root => new("/");

    /// <summary>The path with one character per byte.</summary>
    public string Raw => _raw ?? "/";

    /// <summary>Whether this is <c>/</c>.</summary>
    public bool IsRoot => Raw.Length == 1;

    /// <summary>The last component; empty for the root.</summary>
    public string Name => Raw[(Raw.LastIndexOf('/') + 1)..];

    /// <summary>The directory that holds it; the root's is the root.</summary>
    public UnixPath Parent => Raw.LastIndexOf('/') is var slash and > 0 ? new UnixPath(Raw[..slash]) : Root;

    /// <summary>From native bytes; dots and slashes are taken out by name, before any link is followed.</summary>
    /// <exception cref="ArgumentException">Not absolute, or it holds a NUL.</exception>
    public static UnixPath FromBytes(ReadOnlySpan<byte> path) => Normalize(Encoding.Latin1.GetString(path));

    /// <summary>From text, which is taken as UTF-8.</summary>
    /// <exception cref="ArgumentException">Not absolute, or it holds a NUL.</exception>
    public static UnixPath FromText(string path) => FromBytes(NativeText.ToBytes(path));

    /// <summary>From text with one character per byte, as <see cref="Raw"/> is.</summary>
    /// <exception cref="ArgumentException">Not absolute, or it holds a NUL.</exception>
    public static UnixPath FromRaw(string raw) => Normalize(raw);

    /// <summary>A relative or absolute path as seen from this directory; <c>..</c> is taken out by name and stops at the root.</summary>
    /// <param name="relative">One character per byte.</param>
    /// <exception cref="ArgumentException">It holds a NUL.</exception>
    public UnixPath Combine(string relative) =>
        Normalize(relative.StartsWith('/') ? relative : $"{Raw}/{relative}");

    /// <summary>A direct child.</summary>
    /// <param name="name">One component, one character per byte.</param>
    public UnixPath Child(string name) => new(IsRoot ? $"/{name}" : $"{Raw}/{name}");

    /// <summary>Whether this is that path or lies below it.</summary>
    public bool IsAtOrBelow(UnixPath ancestor) =>
        ancestor.IsRoot || (Raw.StartsWith(ancestor.Raw, StringComparison.Ordinal)
            && (Raw.Length == ancestor.Raw.Length || Raw[ancestor.Raw.Length] == '/'));

    /// <summary>Whether this lies below that path and is not the path itself.</summary>
    public bool IsBelow(UnixPath ancestor) => Raw.Length != ancestor.Raw.Length && IsAtOrBelow(ancestor);

    /// <summary>The native bytes, without NUL.</summary>
    public byte[] ToBytes() => Encoding.Latin1.GetBytes(Raw);

    /// <summary>The native bytes with a closing NUL.</summary>
    internal byte[] ToCString() => Encoding.Latin1.GetBytes(Raw + '\0');

    /// <inheritdoc/>
    public bool Equals(UnixPath other) => string.Equals(Raw, other.Raw, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => Raw.GetHashCode(StringComparison.Ordinal);

    /// <summary>For people: UTF-8 where it is.</summary>
    public override string ToString() => Encoding.UTF8.GetString(ToBytes());

    private static UnixPath Normalize(string raw)
    {
        if (!raw.StartsWith('/') || raw.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("a path here is absolute and without NUL", nameof(raw));
        }

        if (!raw.Contains("//", StringComparison.Ordinal) && !raw.Contains("/.", StringComparison.Ordinal) && (raw.Length == 1 || raw[^1] != '/'))
        {
            return new UnixPath(raw);
        }

        var kept = new List<string>();
        foreach (var component in raw.Split('/'))
        {
            switch (component)
            {
                case "" or ".":
                    break;
                case "..":
                    kept.RemoveRange(Math.Max(0, kept.Count - 1), Math.Min(1, kept.Count));
                    break;
                default:
                    kept.Add(component);
                    break;
            }
        }

        return new UnixPath("/" + string.Join('/', kept));
    }
}
