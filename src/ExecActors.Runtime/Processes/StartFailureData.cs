using ExecActors.Platform;
using ExecActors.Protocol;

namespace ExecActors.Runtime.Processes;

/// <summary>What a client is told of a start that failed, in words that programs can tell apart.</summary>
internal static class StartFailureData
{
    private const int ENOENT = 2;
    private const int EACCES = 13;

    /// <summary>The error's data.</summary>
    public static RpcErrorData Of(ProcessStartException failure)
    {
        var kind = failure switch
        {
            { IsOfSandbox: true } => StartFailureKinds.SandboxPreparation,
            { IsOfLookup: true } => StartFailureKinds.Failed,
            { Errno: ENOENT } => StartFailureKinds.NotFound,
            { Errno: EACCES } => StartFailureKinds.PermissionDenied,
            _ => StartFailureKinds.Failed,
        };
        return new RpcErrorData(kind, failure.Errno > 0 ? failure.Errno : null, failure.Path is { } path ? Wire(path) : null);
    }

    // A message carries text; the bytes of a path that is none are told as a URI.
    private static string Wire(string path) => NativeText.HasForeignBytes(path) ? PathUri.FromNative(NativeText.ToBytes(path)) : path;
}
