namespace ExecActors.Runtime.FileSystem;

/// <summary>What a file request touches, as far as its order among others depends on it.</summary>
/// <param name="Handle">The file handle it names; null when none.</param>
/// <param name="Path">The path it names; null when none.</param>
/// <param name="OtherPath">The second path of a copy or rename.</param>
/// <param name="Changes">Whether it changes what lies at its paths, or below.</param>
internal readonly record struct FileClaim(string? Handle, byte[]? Path, byte[]? OtherPath, bool Changes)
{
    /// <summary>Whether the paths of the two have to do with each other: one is the other, or above it. Links are not looked at.</summary>
    public static bool Meet(in FileClaim one, in FileClaim other) =>
        Related(one.Path, other.Path) || Related(one.Path, other.OtherPath) || Related(one.OtherPath, other.Path) || Related(one.OtherPath, other.OtherPath);

    private static bool Related(byte[]? one, byte[]? other)
    {
        if (one is null || other is null)
        {
            return false;
        }

        var (above, below) = one.Length <= other.Length ? (one, other) : (other, one);
        return below.AsSpan().StartsWith(above) && (below.Length == above.Length || above.Length == 1 || below[above.Length] == (byte)'/');
    }
}
