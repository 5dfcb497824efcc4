using ExecActors.Platform;

namespace ExecActors.Runtime.FileSystem;

/// <summary>A running helper: one call at a time. Its holder disposes it, which ends the process.</summary>
internal interface IFileHelper : IDisposable
{
    /// <summary>Whether it can still be asked, as far as can be told without asking.</summary>
    bool IsAlive { get; }

    /// <summary>Asks and waits for the answer, which the caller owns. Blocks for as long as the file system does.</summary>
    /// <exception cref="HelperLostException">It ended before it answered; the message says how.</exception>
    HelperMessage Call(ushort method, ReadOnlySpan<byte> body);

    /// <summary>Makes a call in progress fail. Safe from any thread; does not wait.</summary>
    void Abort();
}
