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
}
