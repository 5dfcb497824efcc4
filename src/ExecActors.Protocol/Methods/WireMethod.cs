namespace ExecActors.Protocol;

/// <summary>The methods of the protocol. <see cref="WireMethods"/> has their names.</summary>
public enum WireMethod
{
    /// <summary>A name that is not in the table.</summary>
    Unknown,

    /// <summary><c>initialize</c>: opens or resumes the session of a connection.</summary>
    Initialize,

    /// <summary><c>initialized</c>: the client has its answer and may send requests.</summary>
    Initialized,

    /// <summary><c>environment/info</c>: what the host offers.</summary>
    EnvironmentInfo,

    /// <summary><c>environment/status</c>: whether the host is ready.</summary>
    EnvironmentStatus,

    /// <summary><c>process/start</c>.</summary>
    ProcessStart,

    /// <summary><c>process/read</c>: retained output, with a long poll.</summary>
    ProcessRead,

    /// <summary><c>process/write</c>: bytes for standard input.</summary>
    ProcessWrite,

    /// <summary><c>process/signal</c>: an interrupt for the process group.</summary>
    ProcessSignal,

    /// <summary><c>process/terminate</c>: the end of the process group.</summary>
    ProcessTerminate,

    /// <summary><c>process/output</c>, from the server: one chunk of output.</summary>
    ProcessOutput,

    /// <summary><c>process/exited</c>, from the server: the child has ended.</summary>
    ProcessExited,

    /// <summary><c>process/closed</c>, from the server: nothing more will come from the process.</summary>
    ProcessClosed,

    /// <summary><c>fs/readFile</c>: a whole file.</summary>
    FsReadFile,

    /// <summary><c>fs/writeFile</c>: replaces the bytes of a file.</summary>
    FsWriteFile,

    /// <summary><c>fs/createDirectory</c>: makes a directory.</summary>
    FsCreateDirectory,

    /// <summary><c>fs/getMetadata</c>: kind, size and times.</summary>
    FsGetMetadata,

    /// <summary><c>fs/canonicalize</c>: a path without links.</summary>
    FsCanonicalize,

    /// <summary><c>fs/readDirectory</c>: the names in a directory.</summary>
    FsReadDirectory,

    /// <summary><c>fs/walk</c>: a bounded listing of a tree.</summary>
    FsWalk,

    /// <summary><c>fs/remove</c>: removes a file, link or tree.</summary>
    FsRemove,

    /// <summary><c>fs/copy</c>: copies a file, link or tree.</summary>
    FsCopy,

    /// <summary><c>fs/open</c>: a handle on a file.</summary>
    FsOpen,

    /// <summary><c>fs/readBlock</c>: bytes at an offset.</summary>
    FsReadBlock,

    /// <summary><c>fs/writeBlock</c>: bytes to an offset.</summary>
    FsWriteBlock,

    /// <summary><c>fs/close</c>: the end of a handle.</summary>
    FsClose,

    /// <summary><c>fs/watchMissing</c>: tells once when an absent path appears.</summary>
    FsWatchMissing,

    /// <summary><c>fs/rename</c>: an addition: moves a file or tree.</summary>
    FsRename,

    /// <summary><c>fs/chmod</c>: an addition: permission bits.</summary>
    FsChmod,

    /// <summary><c>fs/watch</c>: an addition: tells of changes below a path.</summary>
    FsWatch,

    /// <summary><c>fs/unwatch</c>: an addition: the end of a watch.</summary>
    FsUnwatch,

    /// <summary><c>http/request</c>: one HTTP exchange from this host.</summary>
    HttpRequest,

    /// <summary><c>http/cancel</c>: an addition: gives up an exchange.</summary>
    HttpCancel,

    /// <summary><c>fs/missingChanged</c>, from the server: a watched absent path may have appeared.</summary>
    FsMissingChanged,

    /// <summary><c>fs/changed</c>, from the server: an addition: what changed below a watched path.</summary>
    FsChanged,

    /// <summary><c>http/request/bodyDelta</c>, from the server: a piece of a streamed body.</summary>
    HttpBodyDelta,
}
