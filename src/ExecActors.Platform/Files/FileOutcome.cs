using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>How a file operation ended: well, with an errno, or refused by a rule of its own. Never an exception: an absent file is the commonest answer.</summary>
/// <param name="Errno">The kernel's reason, 0 for none.</param>
/// <param name="Refusal">The rule that was broken.</param>
public readonly record struct FileOutcome(int Errno, FileRefusal Refusal)
{
    /// <summary>It was done.</summary>
    public static FileOutcome Success => default;

    /// <summary>Whether it was done.</summary>
    public bool Succeeded => Errno == 0 && Refusal == FileRefusal.None;

    /// <summary>ENOENT: nothing has the name.</summary>
    public bool IsNotFound => Errno == Interop.Errno.ENOENT;

    /// <summary>EMFILE, without having asked the kernel: what is left is kept back (<see cref="OpenFiles"/>).</summary>
    public static FileOutcome NoDescriptor => new(Interop.Errno.EMFILE, FileRefusal.None);

    internal static FileOutcome LastError => new(Libc.LastErrno, FileRefusal.None);

    internal static FileOutcome Failed(int errno) => new(errno, FileRefusal.None);

    internal static FileOutcome Refused(FileRefusal refusal) => new(0, refusal);

    /// <summary>Of a call that answers a negative number on failure.</summary>
    internal static FileOutcome Of(long result) => result < 0 ? LastError : default;
}

/// <summary>The rules of the file operations that no errno stands for.</summary>
public enum FileRefusal
{
    /// <summary>None was broken.</summary>
    None,

    /// <summary>The path names a directory, FIFO, socket or device where a regular file is wanted.</summary>
    NotAFile,

    /// <summary>The same, where links were not to be followed.</summary>
    NotAFileUnfollowed,

    /// <summary>The path names a link where links were not to be followed.</summary>
    SymbolicLink,

    /// <summary>A tree was to be removed without following links, which the protocol leaves out.</summary>
    RecursiveUnfollowed,

    /// <summary>A directory was to be copied without what is in it.</summary>
    DirectoryNeedsRecursive,

    /// <summary>A directory was to be copied onto or into itself.</summary>
    CopyIntoItself,

    /// <summary>A FIFO, socket or device was to be copied.</summary>
    UncopyableKind,

    /// <summary>An atomic replacement met an error before; what was there stays.</summary>
    ReplacementFailed,

    /// <summary>A tree has more directories than may be watched.</summary>
    TooManyDirectories,

    /// <summary>Whoever watches has as many directories watched as they may.</summary>
    NoWatchPlaces,
}
