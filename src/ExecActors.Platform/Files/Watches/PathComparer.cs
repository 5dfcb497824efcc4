using System.Diagnostics.CodeAnalysis;

namespace ExecActors.Platform;

/// <summary>Paths are equal when their bytes are.</summary>
internal sealed class PathComparer : IEqualityComparer<byte[]>
{
    /// <summary>The only one.</summary>
    public static PathComparer Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x is null ? y is null : y is not null && x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj)
    {
        var hash = default(HashCode);
        hash.AddBytes(obj);
        return hash.ToHashCode();
    }
}
