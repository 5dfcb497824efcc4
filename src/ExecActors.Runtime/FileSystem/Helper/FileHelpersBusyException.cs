namespace ExecActors.Runtime.FileSystem;

/// <summary>Every helper that the server may have is busy, and none became free in time.</summary>
internal sealed class FileHelpersBusyException(int count) : Exception($"all {count} sandboxed file helpers are busy")
{
    /// <summary>How many there may be.</summary>
    public int Count => count;
}
