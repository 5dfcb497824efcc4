using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.FileSystem;

/// <summary>What workers tell the session about its files.</summary>
internal static class FileProtocol
{
    /// <summary>A worker finished a request; those that waited for it may run.</summary>
    public sealed record Done(FileTask Task, FileReply Reply) : INoSerializationVerificationNeeded;

    /// <summary>A worker did not perform a request: its answer may be large, and the client does not take those there are.</summary>
    public sealed record PutOff(FileTask Task) : INoSerializationVerificationNeeded;
}

/// <summary>One request of the file methods.</summary>
/// <param name="Ref">Where its answer belongs.</param>
/// <param name="Params">The decoded params record.</param>
/// <param name="Payload">Base64 text that came with it; the request's own.</param>
/// <param name="User">The session, to the helpers of sandboxed requests.</param>
internal sealed record FileRequest(RequestRef Ref, object Params, PayloadBytes? Payload, HelperUser User);

/// <summary>What came of a file request.</summary>
/// <param name="Frame">The finished answer.</param>
/// <param name="Opened">The file that fs/open opened; its receiver's.</param>
/// <param name="HandleFailed">Whether the handle that was used is of no more use.</param>
/// <param name="Expected">Bytes of the answer that the window has counted already.</param>
internal readonly record struct FileReply(ByteLease Frame, FileHandle? Opened = null, bool HandleFailed = false, int Expected = 0)
{
    /// <summary>Nothing was done: the answer would be very large, and the client has to take others first.</summary>
    public static FileReply PutOff => default;

    /// <summary>Whether the request was put off.</summary>
    public bool IsPutOff => Frame is null;

    /// <summary>A failure.</summary>
    public static FileReply Failed(RequestId id, RpcError error) => new(AnswerFrames.Error(id, error));
}

/// <summary>Performs file requests. Every call may block for as long as a dead mount does; several run at once.</summary>
internal interface IFileService
{
    /// <summary>Performs one request and makes its answer. The payload is the service's.</summary>
    /// <param name="request">What to do.</param>
    /// <param name="file">The open file of a request that names a handle; stays the caller's, but for fs/close, which closes it.</param>
    FileReply Perform(FileRequest request, FileHandle? file);
}
