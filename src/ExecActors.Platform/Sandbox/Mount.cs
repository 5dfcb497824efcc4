using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>What is put at a path of the sandbox.</summary>
internal enum MountKind
{
    /// <summary>The host's file or tree, for reading.</summary>
    ReadOnly,

    /// <summary>The host's file or tree, for everything.</summary>
    ReadWrite,

    /// <summary>A directory that cannot be listed or entered.</summary>
    HiddenDirectory,

    /// <summary>A directory that cannot be listed, with something below that may be reached.</summary>
    HiddenParent,

    /// <summary>A file that cannot be opened.</summary>
    HiddenFile,

    /// <summary>A symbolic link, as the host has it.</summary>
    Link,
}

/// <summary>One thing put into the sandbox, over what is there already.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Path">Where; without links.</param>
/// <param name="Identity">The file that is bound there, as text for <see cref="MountPlan.Key"/>.</param>
/// <param name="Target">The text of a link, one character per byte.</param>
internal readonly record struct Mount(MountKind Kind, UnixPath Path, string Identity = "", string Target = "")
{
    /// <summary>Which file it is, as text.</summary>
    public static string Identify(FileFacts file) => $"{file.Device:x}:{file.Inode:x}";
}
