namespace ExecActors.Protocol;

/// <summary>The table of refusals: every text that the protocol fixes, with its code.</summary>
/// <remarks>
/// What a client sent is echoed at most <see cref="Echo.Limit"/> characters long, so that a refusal never becomes as large as a hostile request.
/// </remarks>
public static partial class Errors
{
    /// <summary>A second <c>initialize</c> on a connection that already has its session.</summary>
    public static RpcError InitializeTwice { get; } = InvalidRequest("initialize may only be sent once per connection");

    /// <summary>The session of this connection now belongs to another one.</summary>
    public static RpcError ResumedElsewhere { get; } = InvalidRequest("session has been resumed by another connection");

    /// <summary>The bytes of a write can no longer reach the process, which was ended by terminate.</summary>
    public static RpcError StdinWriteFailed { get; } = Internal("failed to write to process stdin");

    /// <summary><c>process/start</c> without a program.</summary>
    public static RpcError ArgvEmpty { get; } = InvalidParams("argv must not be empty");

    /// <summary><c>process/start</c> that asks for a proxy and says that it is not enabled.</summary>
    public static RpcError NetworkProxyDisabled { get; } =
        InvalidParams("invalid network proxy config: executor-local network proxy launch requires an enabled proxy");

    /// <summary><c>process/start</c> in a sandbox that only Windows has.</summary>
    public static RpcError SandboxUnavailable { get; } =
        InvalidParams("native MXC is unavailable on this executor") with { Data = new RpcErrorData(StartFailureKinds.SandboxUnavailable) };

    /// <summary>The system could not start a process, or make its sandbox: a sandbox is of the params, everything else is not.</summary>
    /// <param name="message">What failed.</param>
    /// <param name="data">The same for programs.</param>
    public static RpcError StartFailed(string message, RpcErrorData data) =>
        (data.Kind is StartFailureKinds.SandboxPreparation ? SandboxPreparation(message) : Internal(message)) with { Data = data };

    /// <summary><c>process/start</c> in a sandbox that cannot be made.</summary>
    /// <param name="reason">Why.</param>
    public static RpcError SandboxPreparation(string reason) =>
        InvalidParams($"failed to prepare process sandbox: {reason}") with { Data = new RpcErrorData(StartFailureKinds.SandboxPreparation) };

    /// <summary><c>process/write</c> with an empty <c>writeId</c>.</summary>
    public static RpcError WriteIdEmpty { get; } = InvalidParams("writeId must not be empty");

    /// <summary>A refusal of code <see cref="ErrorCodes.InvalidRequest"/>.</summary>
    /// <param name="message">The text as it goes on the wire.</param>
    public static RpcError InvalidRequest(string message) => new(ErrorCodes.InvalidRequest, message);

    /// <summary>A refusal of code <see cref="ErrorCodes.InvalidParams"/>.</summary>
    /// <param name="message">The text as it goes on the wire.</param>
    public static RpcError InvalidParams(string message) => new(ErrorCodes.InvalidParams, message);

    /// <summary>A refusal of code <see cref="ErrorCodes.InternalError"/>.</summary>
    /// <param name="message">The text as it goes on the wire.</param>
    public static RpcError Internal(string message) => new(ErrorCodes.InternalError, message);

    /// <summary>No session has this id, or its retention has run out.</summary>
    /// <param name="sessionId">The id the client wants to resume; may be empty.</param>
    public static RpcError UnknownSession(string sessionId) => InvalidRequest($"unknown session id {Echo.Of(sessionId)}");

    /// <summary>The session belongs to a live connection; the client tries again later.</summary>
    /// <param name="sessionId">The id the client wants to resume.</param>
    public static RpcError AlreadyAttached(string sessionId) =>
        new(ErrorCodes.SessionAttached, $"session {Echo.Of(sessionId)} is already attached to another connection");

    /// <summary>A request before <c>initialize</c>.</summary>
    /// <param name="family">The method's family, see <see cref="WireMethodInfo.Family"/>.</param>
    public static RpcError NotInitialized(string family) => InvalidRequest($"client must call initialize before using {family} methods");

    /// <summary>A request between the answer to <c>initialize</c> and the notification <c>initialized</c>.</summary>
    /// <param name="family">The method's family, see <see cref="WireMethodInfo.Family"/>.</param>
    public static RpcError InitializedMissing(string family) => InvalidRequest($"client must send initialized before using {family} methods");

    /// <summary>The server does not serve the method.</summary>
    /// <param name="method">The name as the client sent it.</param>
    public static RpcError UnknownMethod(string method) =>
        new(ErrorCodes.MethodNotFound, $"exec-server stub does not implement `{Echo.Of(method)}` yet");

    /// <summary>The session has no process of this id, or it was forgotten after its close.</summary>
    /// <param name="processId">The id the client asked for; may be empty.</param>
    public static RpcError UnknownProcess(string processId) => InvalidRequest($"unknown process id {Echo.Of(processId)}");

    /// <summary>The id is taken by a process that is starting, running or still readable after its close.</summary>
    /// <param name="processId">The id the client wants to start under.</param>
    public static RpcError ProcessExists(string processId) => InvalidRequest($"process {Echo.Of(processId)} already exists");

    /// <summary>A read of a process whose start is not yet done.</summary>
    /// <param name="processId">The id the client asked for.</param>
    public static RpcError ProcessStarting(string processId) => InvalidRequest($"process id {Echo.Of(processId)} is starting");

    /// <summary>A terminate arrived before the process had started.</summary>
    /// <param name="processId">The id of the start that was given up.</param>
    public static RpcError StartCancelled(string processId) => InvalidRequest($"process {Echo.Of(processId)} start was cancelled");

    /// <summary>The operating system did not deliver a signal.</summary>
    /// <param name="detail">What the operating system said.</param>
    public static RpcError SignalFailed(string detail) => Internal($"failed to signal process: {detail}");

    /// <summary>A configured limit is reached.</summary>
    /// <param name="key">The full path of the setting, for example <c>execactors.sessions.max</c>.</param>
    public static RpcError Limit(string key) => new(ErrorCodes.LimitReached, $"limit reached: {key}");

    /// <summary>The helper of a sandboxed file request was ended since it took long and others needed its place.</summary>
    /// <param name="key">The full path of the setting that bounds those.</param>
    public static RpcError HelperEnded(string key) => new(
        ErrorCodes.InternalError,
        $"sandboxed file helper was ended: it did not come back (is a mount dead?) and others needed its place; the request may have been carried out in part ({key})");

    /// <summary>A frame or line that is no message. It is answered under <see cref="RequestId.Unparsable"/>.</summary>
    /// <param name="peer"><c>stdio</c>, or <c>websocket IP:PORT</c> with the client's address.</param>
    /// <param name="detail">What <see cref="EnvelopeScanner"/> found.</param>
    public static RpcError Unparsable(string peer, string detail)
    {
        // The reference server names the transport twice on a WebSocket and once on stdio.
        var transport = peer.StartsWith("websocket", StringComparison.Ordinal) ? "websocket " : "";
        return InvalidRequest($"failed to parse {transport}JSON-RPC message from exec-server {peer}: {detail}");
    }

    /// <summary>A required member is absent.</summary>
    /// <param name="name">The member's name; of several, the first in the documented order.</param>
    public static RpcError MissingField(string name) => InvalidParams($"missing field `{name}`");

    /// <summary>A value of another JSON type than the member's.</summary>
    /// <param name="found">What stood there, for example <c>null</c>, <c>number</c> or <c>string "x"</c>.</param>
    /// <param name="expected">What belongs there, for example <c>a boolean</c> or <c>struct ReadParams</c>.</param>
    public static RpcError InvalidType(string found, string expected) => InvalidParams($"invalid type: {found}, expected {expected}");

    /// <summary>A word that is none of those a member allows.</summary>
    /// <param name="found">What the client sent.</param>
    /// <param name="expected">The words allowed, at least one.</param>
    public static RpcError UnknownVariant(string found, params ReadOnlySpan<string> expected)
    {
        var words = expected.Length == 2 ? $"{expected[0]}` or `{expected[1]}" : string.Join("`, `", expected);
        return InvalidParams($"unknown variant `{Echo.Of(found)}`, expected {(expected.Length > 2 ? "one of " : "")}`{words}`");
    }
}
