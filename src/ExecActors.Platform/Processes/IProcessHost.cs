namespace ExecActors.Platform;

/// <summary>Starts operating-system processes. The runtime knows processes only through this, so that actor tests need none.</summary>
public interface IProcessHost
{
    /// <summary>Starts a process; nothing is read from it and nobody is told of it until <see cref="IChildProcess.Begin"/>.</summary>
    /// <remarks>Blocks on stat, PATH search and exec: call it on a thread that may block. Safe to call from several threads.</remarks>
    /// <exception cref="ProcessStartException">The process could not be started; no child and no descriptor is left behind.</exception>
    IChildProcess Start(ProcessSpec spec);

    /// <summary>A family for processes that are to end together; name it in <see cref="ProcessSpec.Family"/>. Does not block.</summary>
    IProcessFamily NewFamily();
}

/// <summary>A started process: its group, its streams and its exit. The holder owns it and must <see cref="Release"/> it.</summary>
/// <remarks>
/// <see cref="GrantRead"/> may be called from any thread; everything else from one thread at a time (an actor).
/// The leader stays a zombie from its exit until <see cref="Release"/>, so that its group id cannot be given to a stranger in between.
/// </remarks>
public interface IChildProcess
{
    /// <summary>The pid of the leader, which is also its process group and session (setsid(2)).</summary>
    int Pid { get; }

    /// <summary>Starts the watching of exit and streams. Called once.</summary>
    /// <param name="observer">Called on the reactor's thread; must neither block nor throw.</param>
    void Begin(IChildObserver observer);

    /// <summary>Allows that many further bytes to be read from a stream; without credit nothing is read and the pipe fills.</summary>
    /// <remarks>At exit the last pipe-full is read without credit. A single read may overdraw by at most one buffer (64 KiB).</remarks>
    void GrantRead(OutputStreamKind stream, int bytes);

    /// <summary>Writes to standard input what goes in without waiting.</summary>
    /// <returns>
    /// The bytes taken. When fewer than given, <see cref="IChildObserver.OnStdinReady"/> follows once there is room again.
    /// -1 when they can never arrive: stdin was not piped, was closed, or its last reader is gone (EPIPE, or a terminal that has ended).
    /// </returns>
    int TryWrite(ReadOnlySpan<byte> bytes);

    /// <summary>Closes our end of standard input, so that the program reads end of file. Does nothing for a terminal.</summary>
    void CloseStdin();

    /// <summary>Sends a signal to the whole process group; with the leader gone too, as long as <see cref="Release"/> was not called.</summary>
    /// <remarks>With the leader gone it looks through /proc, about 15 microseconds for each process of the machine.</remarks>
    /// <returns>False when no process of the group is left to take it, or none of them may be signalled by us.</returns>
    bool SignalGroup(int signal);

    /// <summary>
    /// SIGKILL to the group, now, and to everything else that descends from this process, where the host finds it, a moment later: also what called setsid,
    /// was orphaned or ignores signals, and also after the leader's end and after <see cref="Release"/>. Returns at once.
    /// </summary>
    void EndAll();

    /// <summary>Stops reading and closes the output descriptors; what is still in the pipes is lost. No further callbacks from streams.</summary>
    void AbandonOutput();

    /// <summary>
    /// Gives everything back: closes descriptors, reaps the leader when it has ended. If it has not, its group gets SIGKILL and the leader is
    /// reaped as soon as it ends. No callbacks follow. A second call does nothing.
    /// </summary>
    void Release();
}

/// <summary>Hears what happens to a child. Called on the reactor's one thread: hand over and return.</summary>
public interface IChildObserver
{
    /// <summary>Bytes were read; the observer owns the lease from now on.</summary>
    void OnOutput(OutputStreamKind stream, ByteLease bytes);

    /// <summary>
    /// The stream has ended (end of file, or a read error): its last callback. A terminal ends when its leader has ended and its last
    /// holder closed it.
    /// </summary>
    void OnOutputEnded(OutputStreamKind stream);

    /// <summary>After a short <see cref="IChildProcess.TryWrite"/>: there is room again, or nobody reads any more. Write again to find out.</summary>
    void OnStdinReady();

    /// <summary>
    /// The leader has ended. Everything that was in the streams at that moment was delivered before, and each stream that ended with it
    /// was reported as ended before.
    /// </summary>
    void OnExited(ExitStatus status);
}
