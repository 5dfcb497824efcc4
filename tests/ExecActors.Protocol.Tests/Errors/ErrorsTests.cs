namespace ExecActors.Protocol.Tests.Errors;

using Errors = ExecActors.Protocol.Errors;

public sealed class ErrorsTests
{
    public static TheoryData<RpcError, int, string> Fixed { get; } = new()
    {
        { Errors.InitializeTwice, -32600, "initialize may only be sent once per connection" },
        { Errors.ResumedElsewhere, -32600, "session has been resumed by another connection" },
        { Errors.StdinWriteFailed, -32603, "failed to write to process stdin" },
        { Errors.ArgvEmpty, -32602, "argv must not be empty" },
        { Errors.WriteIdEmpty, -32602, "writeId must not be empty" },
        { Errors.UnknownSession(""), -32600, "unknown session id " },
        { Errors.UnknownSession("s"), -32600, "unknown session id s" },
        { Errors.AlreadyAttached("s"), -32010, "session s is already attached to another connection" },
        { Errors.NotInitialized("exec"), -32600, "client must call initialize before using exec methods" },
        { Errors.InitializedMissing("environment info"), -32600, "client must send initialized before using environment info methods" },
        { Errors.UnknownMethod("process/resize"), -32601, "exec-server stub does not implement `process/resize` yet" },
        { Errors.UnknownMethod(""), -32601, "exec-server stub does not implement `` yet" },
        { Errors.UnknownProcess("zz"), -32600, "unknown process id zz" },
        { Errors.ProcessExists("q"), -32600, "process q already exists" },
        { Errors.ProcessStarting("q"), -32600, "process id q is starting" },
        { Errors.StartCancelled("cat"), -32600, "process cat start was cancelled" },
        { Errors.SignalFailed("EPERM"), -32603, "failed to signal process: EPERM" },
        { Errors.Limit("execactors.sessions.max"), -32005, "limit reached: execactors.sessions.max" },
        { Errors.Unparsable("stdio", "d"), -32600, "failed to parse JSON-RPC message from exec-server stdio: d" },
        { Errors.Unparsable("websocket 127.0.0.1:5", "d"), -32600, "failed to parse websocket JSON-RPC message from exec-server websocket 127.0.0.1:5: d" },
        { Errors.MissingField("tty"), -32602, "missing field `tty`" },
        { Errors.InvalidType("null", "a map"), -32602, "invalid type: null, expected a map" },
        { Errors.UnknownVariant("terminate", "interrupt"), -32602, "unknown variant `terminate`, expected `interrupt`" },
        { Errors.UnknownVariant("some", "core", "all", "none"), -32602, "unknown variant `some`, expected one of `core`, `all`, `none`" },
        { Errors.UnknownVariant("zz", "read", "replace"), -32602, "unknown variant `zz`, expected `read` or `replace`" },
        { Errors.Internal("x"), -32603, "x" },
        { Errors.UnknownFileHandle("h"), -32004, "unknown file handle `h`" },
        { Errors.FileHandleExists("h"), -32600, "file handle `h` already exists" },
        { Errors.TooManyFileHandles(128), -32600, "at most 128 file handles may be open per connection" },
        { Errors.FileHandleIdTooLong, -32600, "file handle ID must not exceed 32 bytes" },
        { Errors.ReadBlockLength, -32600, "file read block length must be between 1 and 1048576" },
        { Errors.WriteBlockLength, -32600, "file write block length must be between 1 and 1048576" },
        { Errors.WriteBlockRange, -32600, "file write range exceeds the signed 64-bit file offset limit" },
        { Errors.WalkLimitsZero, -32600, "filesystem walk limits must be greater than zero" },
        { Errors.WalkLimitsExceeded, -32600, "filesystem walk limits exceed maximums: depth=64, directories=10000, entries=50000" },
        { Errors.FileTooLarge, -32600, "file is too large to read: limit is 536870912 bytes" },
        { Errors.FileBase64("Invalid padding"), -32600, "fs/writeFile requires valid base64 dataBase64: Invalid padding" },
        { Errors.SandboxLacksCwd, -32602, "file system sandbox context with dynamic permissions requires cwd" },
    };

    [Theory]
    [MemberData(nameof(Fixed))]
    public void Every_fixed_text_is_the_reference_servers(RpcError error, int code, string message) =>
        Assert.Equal(new RpcError(code, message), error);

    [Fact]
    public void A_refusal_repeats_no_more_than_a_kibibyte_of_what_was_sent()
    {
        Assert.Equal($"unknown process id {new string('p', 1024)}…", Errors.UnknownProcess(new string('p', 100_000)).Message);
        Assert.Equal($"unknown process id {new string('p', 1023)}…", Errors.UnknownProcess(new string('p', 1023) + "😀😀").Message);
        Assert.Equal($"unknown process id {new string('p', 1024)}", Errors.UnknownProcess(new string('p', 1024)).Message);
    }
}
