using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

using ExecActors.Platform;
using ExecActors.Protocol;

using Microsoft.Win32.SafeHandles;

namespace ExecActors.Runtime.FileSystem;

/// <summary>How requests, refusals and opened files are put into the bodies of helper messages; both ends use it.</summary>
internal static class HelperCodec
{
    /// <summary>The first message: what the helper may let requests do, <see cref="HelperView"/>. Not a method's number.</summary>
    public const ushort Begin = 0;

    /// <summary>The method's number of a params record.</summary>
    /// <exception cref="ArgumentException">No method of helpers has such params.</exception>
    public static ushort MethodOf(object parameters) => (ushort)(parameters switch
    {
        FsReadFileParams => WireMethod.FsReadFile,
        FsWriteFileParams => WireMethod.FsWriteFile,
        FsCreateDirectoryParams => WireMethod.FsCreateDirectory,
        FsGetMetadataParams => WireMethod.FsGetMetadata,
        FsCanonicalizeParams => WireMethod.FsCanonicalize,
        FsReadDirectoryParams => WireMethod.FsReadDirectory,
        FsWalkParams => WireMethod.FsWalk,
        FsRemoveParams => WireMethod.FsRemove,
        FsCopyParams => WireMethod.FsCopy,
        FsOpenParams => WireMethod.FsOpen,
        FsRenameParams => WireMethod.FsRename,
        FsChmodParams => WireMethod.FsChmod,
        _ => throw new ArgumentException($"{parameters.GetType().Name} are not for helpers", nameof(parameters)),
    });

    /// <summary>Writes params without their sandbox, which the helper is in, and without a payload, which it does not see.</summary>
    public static void WriteParams(IBufferWriter<byte> output, object parameters) => WireJson.Write(output, parameters switch
    {
        FsReadFileParams request => request with { Sandbox = null },
        FsWriteFileParams request => request with { Sandbox = null, DataBase64 = default },
        FsCreateDirectoryParams request => request with { Sandbox = null },
        FsGetMetadataParams request => request with { Sandbox = null },
        FsCanonicalizeParams request => request with { Sandbox = null },
        FsReadDirectoryParams request => request with { Sandbox = null },
        FsWalkParams request => request with { Sandbox = null },
        FsRemoveParams request => request with { Sandbox = null },
        FsCopyParams request => request with { Sandbox = null },
        FsOpenParams request => request with { Sandbox = null },
        FsRenameParams request => request with { Sandbox = null },
        FsChmodParams request => request with { Sandbox = null },
        _ => throw new ArgumentException($"{parameters.GetType().Name} are not for helpers", nameof(parameters)),
    });

    /// <summary>Reads what <see cref="WriteParams"/> wrote.</summary>
    public static bool TryReadParams(ushort method, ReadOnlyMemory<byte> json, [NotNullWhen(true)] out object? parameters, out RpcError error)
    {
        switch (method)
        {
            case (ushort)WireMethod.FsReadFile:
                FsReadFileParams.TryDecode(json, out var readFile, out error);
                parameters = readFile;
                break;
            case (ushort)WireMethod.FsWriteFile:
                FsWriteFileParams.TryDecode(json, out var writeFile, out error);
                parameters = writeFile;
                break;
            case (ushort)WireMethod.FsCreateDirectory:
                FsCreateDirectoryParams.TryDecode(json, out var createDirectory, out error);
                parameters = createDirectory;
                break;
            case (ushort)WireMethod.FsGetMetadata:
                FsGetMetadataParams.TryDecode(json, out var getMetadata, out error);
                parameters = getMetadata;
                break;
            case (ushort)WireMethod.FsCanonicalize:
                FsCanonicalizeParams.TryDecode(json, out var canonicalize, out error);
                parameters = canonicalize;
                break;
            case (ushort)WireMethod.FsReadDirectory:
                FsReadDirectoryParams.TryDecode(json, out var readDirectory, out error);
                parameters = readDirectory;
                break;
            case (ushort)WireMethod.FsWalk:
                FsWalkParams.TryDecode(json, out var walk, out error);
                parameters = walk;
                break;
            case (ushort)WireMethod.FsRemove:
                FsRemoveParams.TryDecode(json, out var remove, out error);
                parameters = remove;
                break;
            case (ushort)WireMethod.FsCopy:
                FsCopyParams.TryDecode(json, out var copy, out error);
                parameters = copy;
                break;
            case (ushort)WireMethod.FsOpen:
                FsOpenParams.TryDecode(json, out var open, out error);
                parameters = open;
                break;
            case (ushort)WireMethod.FsRename:
                FsRenameParams.TryDecode(json, out var rename, out error);
                parameters = rename;
                break;
            case (ushort)WireMethod.FsChmod:
                FsChmodParams.TryDecode(json, out var chmod, out error);
                parameters = chmod;
                break;
            default:
                parameters = null;
                error = Errors.Internal("the sandboxed file helper does not know the method");
                break;
        }

        return parameters is not null;
    }

    /// <summary>Puts a refusal into bytes.</summary>
    public static byte[] WriteError(RpcError error)
    {
        var bytes = new byte[sizeof(int) + Encoding.UTF8.GetByteCount(error.Message)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, error.Code);
        Encoding.UTF8.GetBytes(error.Message, bytes.AsSpan(sizeof(int)));
        return bytes;
    }

    /// <summary>Reads a refusal.</summary>
    /// <exception cref="HelperLostException">The bytes are none.</exception>
    public static RpcError ReadError(ReadOnlySpan<byte> bytes) => bytes.Length >= sizeof(int)
        ? new RpcError(BinaryPrimitives.ReadInt32LittleEndian(bytes), Encoding.UTF8.GetString(bytes[sizeof(int)..]))
        : throw new HelperLostException("it refused without a reason");

    /// <summary>What has to be known of a replacement beside its two descriptors: its names, each with its closing NUL. Empty without a replacement.</summary>
    public static byte[] WriteReplacement(FileReplacement? replacement) => replacement is null
        ? []
        : [.. replacement.Name.Span, .. replacement.TemporaryName is { } temporary ? temporary.Span : default];

    /// <summary>Makes a file of what a helper opened; the file owns the descriptors.</summary>
    /// <exception cref="HelperLostException">They do not fit together, and are closed.</exception>
    public static FileHandle ReadOpened(SafeFileHandle[] descriptors, ReadOnlySpan<byte> names)
    {
        var end = names.IndexOf((byte)0) + 1;
        var name = names[..end];
        var temporary = names[end..];
        var handle = descriptors switch
        {
            [var file] when names.IsEmpty => new FileHandle(file),
            [var file, var directory] when IsName(name) && (temporary.IsEmpty || IsName(temporary)) =>
                new FileHandle(file, new FileReplacement(directory, name.ToArray(), temporary.IsEmpty ? null : temporary.ToArray())),
            _ => null,
        };

        // Anything else could make its reader or writer wait for ever.
        if (handle?.IsRegular == true)
        {
            return handle;
        }

        handle?.Dispose();
        Array.ForEach(descriptors, descriptor => descriptor.Dispose());
        throw new HelperLostException("it did not pass on what it was to open");
    }

    // One component: a helper that was taken over must not be able to name anything outside its directory.
    private static bool IsName(ReadOnlySpan<byte> name) =>
        name.Length > 1 && name.IndexOf((byte)0) == name.Length - 1 && !name.Contains((byte)'/')
        && !name.SequenceEqual(".\0"u8) && !name.SequenceEqual("..\0"u8);
}
