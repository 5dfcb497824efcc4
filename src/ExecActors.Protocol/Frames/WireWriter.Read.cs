using System.Buffers;

namespace ExecActors.Protocol;

/// <summary>The answer to <c>process/read</c>, written chunk by chunk: begin, chunks, end.</summary>
public static partial class WireWriter
{
    /// <summary>Begins the answer.</summary>
    public static void BeginReadResult(IBufferWriter<byte> output, RequestId id)
    {
        var cursor = ResultCursor(output, id);
        cursor.Raw("{\"chunks\":["u8);
        cursor.Flush();
    }

    /// <summary>Adds a chunk.</summary>
    /// <param name="output">Receives the message.</param>
    /// <param name="first">Whether it is the answer's first.</param>
    /// <param name="seq">Its place in the process's numbering.</param>
    /// <param name="streamUtf8"><c>stdout</c>, <c>stderr</c> or <c>pty</c>.</param>
    /// <param name="bytes">The output itself.</param>
    public static void ReadChunk(IBufferWriter<byte> output, bool first, ulong seq, ReadOnlySpan<byte> streamUtf8, ReadOnlySpan<byte> bytes)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Raw(first ? "{\"seq\":"u8 : ",{\"seq\":"u8);
        Chunk(ref cursor, seq, streamUtf8, bytes);
        cursor.Raw("}"u8);
        cursor.Flush();
    }

    /// <summary>Ends the answer. The parameters are the members of <see cref="ProcessReadResponse"/>; a null <c>firstSeq</c> is left out.</summary>
    public static void EndReadResult(
        IBufferWriter<byte> output,
        ulong nextSeq,
        bool exited,
        int? exitCode,
        bool closed,
        string? failure,
        bool sandboxDenied,
        ulong? firstSeq)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Raw("],\"nextSeq\":"u8);
        cursor.Integer(nextSeq);
        cursor.Raw(",\"exited\":"u8);
        cursor.Boolean(exited);
        cursor.Raw(",\"exitCode\":"u8);
        IntegerOrNull(ref cursor, exitCode);
        cursor.Raw(",\"closed\":"u8);
        cursor.Boolean(closed);
        cursor.Raw(",\"failure\":"u8);
        StringOrNull(ref cursor, failure);
        cursor.Raw(",\"sandboxDenied\":"u8);
        cursor.Boolean(sandboxDenied);
        if (firstSeq is { } number)
        {
            cursor.Raw(",\"firstSeq\":"u8);
            cursor.Integer(number);
        }

        cursor.Raw("}}"u8);
        cursor.Flush();
    }

    private static void Chunk(ref Utf8Cursor cursor, ulong seq, ReadOnlySpan<byte> streamUtf8, ReadOnlySpan<byte> bytes)
    {
        cursor.Integer(seq);
        cursor.Raw(",\"stream\":\""u8);
        cursor.Raw(streamUtf8);
        cursor.Raw("\",\"chunk\":"u8);
        cursor.Base64String(bytes);
    }

    private static void IntegerOrNull(ref Utf8Cursor cursor, int? value)
    {
        if (value is { } number)
        {
            cursor.Integer((long)number);
        }
        else
        {
            cursor.Raw("null"u8);
        }
    }

    private static void StringOrNull(ref Utf8Cursor cursor, string? value)
    {
        if (value is { } text)
        {
            cursor.String(text);
        }
        else
        {
            cursor.Raw("null"u8);
        }
    }
}
