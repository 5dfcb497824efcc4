using System.Buffers;

namespace ExecActors.Protocol;

/// <summary>What the server says of its own accord.</summary>
public static partial class WireWriter
{
    /// <summary><c>process/output</c>.</summary>
    /// <param name="output">Receives the message.</param>
    /// <param name="processId">The process.</param>
    /// <param name="seq">The chunk's place in the process's numbering.</param>
    /// <param name="streamUtf8"><c>stdout</c>, <c>stderr</c> or <c>pty</c>.</param>
    /// <param name="bytes">The output itself.</param>
    public static void Output(
        IBufferWriter<byte> output, string processId, ulong seq, ReadOnlySpan<byte> streamUtf8, ReadOnlySpan<byte> bytes)
    {
        var cursor = BeginEvent(output, "process/output"u8, processId);
        Chunk(ref cursor, seq, streamUtf8, bytes);
        cursor.Raw("}}"u8);
        cursor.Flush();
    }

    /// <summary><c>process/exited</c>. The parameters are the members of <see cref="ProcessExitedNotification"/>.</summary>
    public static void Exited(IBufferWriter<byte> output, string processId, ulong seq, int exitCode, bool sandboxDenied)
    {
        var cursor = BeginEvent(output, "process/exited"u8, processId);
        cursor.Integer(seq);
        cursor.Raw(",\"exitCode\":"u8);
        cursor.Integer((long)exitCode);
        cursor.Raw(",\"sandboxDenied\":"u8);
        cursor.Boolean(sandboxDenied);
        cursor.Raw("}}"u8);
        cursor.Flush();
    }

    /// <summary><c>process/closed</c>.</summary>
    public static void Closed(IBufferWriter<byte> output, string processId, ulong seq)
    {
        var cursor = BeginEvent(output, "process/closed"u8, processId);
        cursor.Integer(seq);
        cursor.Raw("}}"u8);
        cursor.Flush();
    }

    private static Utf8Cursor BeginEvent(IBufferWriter<byte> output, ReadOnlySpan<byte> method, string processId)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Raw("{\"method\":\""u8);
        cursor.Raw(method);
        cursor.Raw("\",\"params\":{\"processId\":"u8);
        cursor.String(processId);
        cursor.Raw(",\"seq\":"u8);
        return cursor;
    }
}
