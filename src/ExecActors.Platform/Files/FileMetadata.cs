namespace ExecActors.Platform;

/// <summary>What a path names.</summary>
/// <param name="IsDirectory">Whether it is, or leads to, a directory.</param>
/// <param name="IsFile">Whether it is, or leads to, a regular file. FIFOs, sockets and devices are neither.</param>
/// <param name="IsSymbolicLink">Whether the path itself is a link.</param>
/// <param name="Size">Bytes.</param>
/// <param name="CreatedAtMs">Milliseconds since the Unix epoch; 0 where the file system keeps none.</param>
/// <param name="ModifiedAtMs">Milliseconds since the Unix epoch.</param>
public readonly record struct FileMetadata(
    bool IsDirectory, bool IsFile, bool IsSymbolicLink, long Size, long CreatedAtMs, long ModifiedAtMs);
