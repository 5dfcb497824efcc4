using System.Buffers.Text;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.FileSystem;

/// <summary>Blocks of open handles: section 4 of the contract.</summary>
internal static partial class FileTransfer
{
    /// <summary>The largest block: 1 MiB.</summary>
    public const int MostBlockBytes = 1024 * 1024;

    /// <summary>What is wrong with a <c>fs/readBlock</c>, whether or not its handle is open. To be asked first.</summary>
    public static RpcError? Check(FsReadBlockParams request) => request.Len is 0 or > MostBlockBytes ? Errors.ReadBlockLength : null;

    /// <summary>What is wrong with a <c>fs/writeBlock</c>, whether or not its handle is open. To be asked first.</summary>
    public static RpcError? Check(FsWriteBlockParams request)
    {
        if (!Base64Chunk.TryMeasure(request.ChunkBase64.Span, out var length, out var error))
        {
            return error;
        }

        if (length is 0 or > MostBlockBytes)
        {
            return Errors.WriteBlockLength;
        }

        return request.Offset > (ulong)(long.MaxValue - length) ? Errors.WriteBlockRange : null;
    }

    /// <summary>Reads a block.</summary>
    /// <param name="file">An open handle; stays the caller's.</param>
    /// <param name="request">Params that passed <see cref="Check(FsReadBlockParams)"/>.</param>
    /// <param name="id">The request's id.</param>
    /// <param name="failed">Whether the operating system refused: then the handle is to be closed and forgotten.</param>
    /// <returns>The whole answer, a failure included; the caller owns it. A block that ends on the file's last byte says <c>eof</c>.</returns>
    public static ByteLease ReadBlock(FileHandle file, FsReadBlockParams request, RequestId id, out bool failed)
    {
        var length = (int)request.Len;
        var bytes = BytePool.Rent(length);
        try
        {
            // An offset behind the largest becomes negative, which the kernel refuses in the contract's words.
            var offset = unchecked((long)request.Offset);
            var outcome = file.ReadAt(bytes.AsSpan(0, length), offset, out var count);
            var eof = count < length;
            if (outcome.Succeeded && !eof)
            {
                outcome = file.GetSize(out var size);
                eof = offset + count == size;
            }

            failed = !outcome.Succeeded;
            return failed ? AnswerFrames.Error(id, FileErrors.Of(outcome)) : BlockFrame(id, bytes.AsSpan(0, count), eof);
        }
        finally
        {
            BytePool.Return(bytes);
        }
    }

    /// <summary>Writes a block.</summary>
    /// <param name="file">An open handle; stays the caller's, and open whatever happens.</param>
    /// <param name="request">Params that passed <see cref="Check(FsWriteBlockParams)"/>.</param>
    /// <returns>Why it was not written; null when it was.</returns>
    public static RpcError? WriteBlock(FileHandle file, FsWriteBlockParams request)
    {
        var base64 = request.ChunkBase64.Span;
        var bytes = BytePool.Rent(Base64Chunk.MaxDecodedLength(base64.Length));
        try
        {
            if (!Base64Chunk.TryDecode(base64, bytes, out var count, out var error))
            {
                return error;
            }

            var outcome = file.WriteAt(bytes.AsSpan(0, count), (long)request.Offset);
            return outcome.Succeeded ? null : FileErrors.Of(outcome);
        }
        finally
        {
            BytePool.Return(bytes);
        }
    }

    private static ByteLease BlockFrame(RequestId id, ReadOnlySpan<byte> bytes, bool eof)
    {
        using var frame = new FrameBuffer(Base64.GetMaxEncodedToUtf8Length(bytes.Length) + Envelope);
        WireWriter.ReadBlockResult(frame, id, bytes, eof);
        return frame.Take();
    }
}
