using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Settings;
using ExecActors.Runtime.Workers;

namespace ExecActors.Runtime.FileSystem;

/// <summary>What a <see cref="WatchActor"/> accepts, and what it tells the session beside answers.</summary>
internal static class WatchProtocol
{
    /// <summary>fs/watchMissing, fs/watch or fs/unwatch.</summary>
    /// <param name="Ref">Names the request.</param>
    /// <param name="Params">The decoded params record.</param>
    public sealed record Request(RequestRef Ref, object Params) : INoSerializationVerificationNeeded;

    /// <summary>To the session: fs/missingChanged or fs/changed, to be sent in turn with what others tell.</summary>
    /// <param name="Epoch">The attachment it is meant for.</param>
    /// <param name="Frame">The finished notification.</param>
    /// <param name="Bytes">What it counts against the session's credit.</param>
    public sealed record Changed(long Epoch, ByteLease Frame, int Bytes) : ServiceProtocol.Notification(Epoch, Frame, Bytes);
}

/// <summary>What the watches of a session need.</summary>
/// <param name="Watcher">Makes them.</param>
/// <param name="Workers">Where they are set up and read, which may block.</param>
/// <param name="Limits">How many there may be.</param>
/// <param name="Places">What the principal may have watched in all.</param>
internal sealed record WatchEnvironment(IFileWatcher Watcher, SessionWorkers Workers, LimitSettings Limits, WatchPlaces Places);
