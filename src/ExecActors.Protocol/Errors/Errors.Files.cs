namespace ExecActors.Protocol;

/// <summary>Refusals of file methods. Those of the operating system are made where it is asked.</summary>
public static partial class Errors
{
    /// <summary>A file method's profile has entries that depend on a working directory, see <see cref="SandboxContext.LacksCwd"/>.</summary>
    public static RpcError SandboxLacksCwd { get; } = InvalidParams("file system sandbox context with dynamic permissions requires cwd");

    /// <summary><c>fs/chmod</c> with a mode outside its range.</summary>
    public static RpcError ChmodModeRange { get; } = InvalidParams("mode must be between 0 and 4095 (octal 7777)");

    /// <summary>A file handle's id of more than 32 bytes.</summary>
    public static RpcError FileHandleIdTooLong { get; } = InvalidRequest("file handle ID must not exceed 32 bytes");

    /// <summary><c>fs/readBlock</c> with a length of 0 or over 1 MiB. The handle stays open.</summary>
    public static RpcError ReadBlockLength { get; } = InvalidRequest("file read block length must be between 1 and 1048576");

    /// <summary><c>fs/writeBlock</c> with no bytes or more than 1 MiB.</summary>
    public static RpcError WriteBlockLength { get; } = InvalidRequest("file write block length must be between 1 and 1048576");

    /// <summary><c>fs/writeBlock</c> that would end behind the largest offset there is.</summary>
    public static RpcError WriteBlockRange { get; } = InvalidRequest("file write range exceeds the signed 64-bit file offset limit");

    /// <summary><c>fs/walk</c> with a limit of 0 for directories or entries.</summary>
    public static RpcError WalkLimitsZero { get; } = InvalidRequest("filesystem walk limits must be greater than zero");

    /// <summary><c>fs/walk</c> with a limit over its maximum.</summary>
    public static RpcError WalkLimitsExceeded { get; } =
        InvalidRequest("filesystem walk limits exceed maximums: depth=64, directories=10000, entries=50000");

    /// <summary><c>fs/readFile</c> of a file over 512 MiB.</summary>
    public static RpcError FileTooLarge { get; } = FileLargerThan(536_870_912);

    /// <summary><c>fs/readFile</c> of a file with more bytes than it may have.</summary>
    public static RpcError FileLargerThan(long limit) => InvalidRequest($"file is too large to read: limit is {limit} bytes");

    /// <summary><c>fs/writeFile</c> with content that is not base64.</summary>
    /// <param name="detail">What <see cref="Base64Chunk.TryDecode"/> found.</param>
    public static RpcError FileBase64(string detail) => InvalidRequest($"fs/writeFile requires valid base64 dataBase64: {detail}");

    /// <summary>The connection has no open file handle of this id.</summary>
    /// <param name="handleId">The id the client asked for; may be empty.</param>
    public static RpcError UnknownFileHandle(string handleId) => new(ErrorCodes.NotFound, $"unknown file handle `{Echo.Of(handleId)}`");

    /// <summary>The id is taken by an open file handle, which stays as it is.</summary>
    /// <param name="handleId">The id the client wants to open under.</param>
    public static RpcError FileHandleExists(string handleId) => InvalidRequest($"file handle `{Echo.Of(handleId)}` already exists");

    /// <summary>The connection has as many file handles as it may.</summary>
    /// <param name="limit">How many that is.</param>
    public static RpcError TooManyFileHandles(int limit) => InvalidRequest($"at most {limit} file handles may be open per connection");
}
