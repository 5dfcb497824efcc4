using System.Buffers.Text;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.FileSystem;

/// <summary>Moves whole files between an open descriptor and a frame, in pieces that stay in the processor's cache. Every call may block.</summary>
internal static partial class FileTransfer
{
    /// <summary>The largest file that <c>fs/readFile</c> gives: 512 MiB.</summary>
    public const long MostFileBytes = 512L << 20;

    private const int PieceBytes = 192 * 1024; // a multiple of three, so that pieces encode to whole quads
    private const int LeastPieceBytes = 12 * 1024;
    private const int CountedFrom = 8 * 1024 * 1024; // an answer that is counted before it is made
    private const int ReadUnmeasured = 1024 * 1024;
    private const int PieceDigits = PieceBytes / 3 * 4;
    private const int Envelope = 128;

    /// <summary>What is wrong with the content of a <c>fs/writeFile</c>; to be asked before the file is opened, which empties it.</summary>
    public static RpcError? Check(FsWriteFileParams request) =>
        Base64Chunk.TryMeasure(request.DataBase64.Span, out _, out var error) ? null : Errors.FileBase64(error.Message);

    /// <summary>Reads a file to its end.</summary>
    /// <param name="file">Open for reading; stays the caller's.</param>
    /// <param name="id">The request's id.</param>
    /// <param name="window">Where the answer is counted.</param>
    /// <param name="most">Bytes it may have; null for <see cref="MostFileBytes"/>, which is the most in any case.</param>
    /// <returns>
    /// The whole answer, a failure included; the caller owns it. A file that grows or shrinks meanwhile is read as far as it goes. Put off when the answer is
    /// very large and others are not taken.
    /// </returns>
    /// <exception cref="BudgetSpentException">There is no memory for the answer.</exception>
    public static FileReply ReadAll(FileHandle file, RequestId id, RequestWindow window, ulong? most = null)
    {
        var limit = (long)Math.Min(most ?? MostFileBytes, MostFileBytes);
        var outcome = file.GetSize(out var size);
        if (!outcome.Succeeded)
        {
            return FileReply.Failed(id, FileErrors.Of(outcome));
        }

        if (size > limit)
        {
            return FileReply.Failed(id, Errors.FileLargerThan(limit));
        }

        var length = Base64.GetMaxEncodedToUtf8Length((int)size) + Envelope;
        var expected = length < CountedFrom ? 0 : length;
        if (expected > 0 && !window.TryExpect(expected))
        {
            return FileReply.PutOff;
        }

        // More than there should be, so that the end is seen too; and not little, for files of /proc say that they are empty.
        var wanted = (int)Math.Clamp((size / 3 * 3) + 3, LeastPieceBytes, PieceBytes);
        var piece = BytePool.Rent(wanted);
        try
        {
            using var frame = CountedFrameBuffer.Of(length, window.Answers);
            var answer = TryReadAll(file, size, piece.AsSpan(0, wanted), frame, id, window, limit) is { } error ? AnswerFrames.Error(id, error) : frame.Take();
            return new FileReply(answer, Expected: expected);
        }
        catch
        {
            window.Arrive(expected); // it is not made
            throw;
        }
        finally
        {
            BytePool.Return(piece);
        }
    }

    /// <summary>Writes the content of a <c>fs/writeFile</c> over what is in the file, and cuts off what is left of that.</summary>
    /// <remarks>
    /// Not emptied first, as the reference server does: the kernel would give all its pages back only to take new ones, and have an emptied file
    /// on the disk at once when it is closed (18 ms for 16 MiB, against 6). After a failure the file ends where the new content does, as there.
    /// </remarks>
    /// <param name="file">Open for writing; stays the caller's.</param>
    /// <param name="base64">The content, which passed <see cref="Check(FsWriteFileParams)"/>.</param>
    /// <returns>Why it was not written, or not all of it; null when it was.</returns>
    public static RpcError? WriteAll(FileHandle file, ReadOnlySpan<byte> base64)
    {
        var outcome = file.GetSize(out var oldSize);
        if (!outcome.Succeeded)
        {
            return FileErrors.Of(outcome);
        }

        var error = WriteOver(file, base64, out var written);
        if (written < oldSize)
        {
            outcome = file.SetSize(written);
        }

        return error ?? (outcome.Succeeded ? null : FileErrors.Of(outcome));
    }

    private static RpcError? WriteOver(FileHandle file, ReadOnlySpan<byte> base64, out long written)
    {
        written = 0;
        var piece = BytePool.Rent(Math.Min(PieceBytes, Base64Chunk.MaxDecodedLength(base64.Length) + 1));
        try
        {
            while (!base64.IsEmpty)
            {
                var digits = base64[..Math.Min(base64.Length, PieceDigits)];
                base64 = base64[digits.Length..];
                if (!Base64Chunk.TryDecode(digits, piece, out var count, out var error))
                {
                    return Errors.FileBase64(error.Message);
                }

                var outcome = file.WriteAt(piece.AsSpan(0, count), written);
                if (!outcome.Succeeded)
                {
                    return FileErrors.Of(outcome);
                }

                written += count;
            }

            return null;
        }
        finally
        {
            BytePool.Return(piece);
        }
    }

    private static RpcError? TryReadAll(FileHandle file, long told, Span<byte> piece, FrameBuffer frame, RequestId id, RequestWindow window, long limit)
    {
        WireWriter.BeginReadFileResult(frame, id);
        int count;
        long total = 0;
        var unmeasuredUpTo = told + ReadUnmeasured;
        do
        {
            if (total > unmeasuredUpTo)
            {
                // Nobody knows how long it is, and some never end. Before more is kept it is read through once, up to the bound.
                unmeasuredUpTo = long.MaxValue;
                if (IsLongerThan(Math.Min(told + window.UntoldFileBytes, MostFileBytes), file, total, piece, window))
                {
                    return Errors.FileTooLarge;
                }
            }

            var outcome = file.ReadAt(piece, total, out count);
            if (!outcome.Succeeded)
            {
                return FileErrors.Of(outcome);
            }

            total += count;
            if (total > limit)
            {
                return Errors.FileLargerThan(limit);
            }

            if (total - told > window.UntoldFileBytes || window.IsClosing)
            {
                return Errors.FileTooLarge; // it has grown since its size was looked at, or nobody waits for it any more
            }

            WireWriter.ReadFilePart(frame, piece[..count]);
        }
        while (count == piece.Length);

        WireWriter.EndReadFileResult(frame);
        return null;
    }

    private static bool IsLongerThan(long length, FileHandle file, long from, Span<byte> piece, RequestWindow window)
    {
        while (from <= length && file.ReadAt(piece, from, out var count).Succeeded && !window.IsClosing)
        {
            from += count;
            if (count < piece.Length)
            {
                break;
            }
        }

        return from > length;
    }
}
