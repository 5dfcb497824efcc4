using System.Buffers;

namespace ExecActors.Protocol;

/// <summary>Writes whole messages as UTF-8, members in the order of the reference server, without garbage.</summary>
/// <remarks>A message is written without white space, so it can be sent as one WebSocket message or, followed by a newline, as one line.</remarks>
public static partial class WireWriter
{
    /// <summary>A failure.</summary>
    public static void Error(IBufferWriter<byte> output, RequestId id, RpcError error)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Raw("{\"error\":{\"code\":"u8);
        cursor.Integer((long)error.Code);
        if (error.Data is { } data)
        {
            ErrorData(ref cursor, data);
        }

        cursor.Raw(",\"message\":"u8);
        cursor.String(error.Message);
        cursor.Raw("},\"id\":"u8);
        cursor.Id(id);
        cursor.Raw("}"u8);
        cursor.Flush();
    }

    private static void ErrorData(ref Utf8Cursor cursor, RpcErrorData data)
    {
        cursor.Raw(",\"data\":{\"kind\":"u8);
        cursor.String(data.Kind);
        if (data.Errno is { } errno)
        {
            cursor.Raw(",\"errno\":"u8);
            cursor.Integer((long)errno);
        }

        if (data.Path is { } path)
        {
            cursor.Raw(",\"path\":"u8);
            cursor.String(path);
        }

        cursor.Raw("}"u8);
    }

    /// <summary>A success that says no more: <c>{}</c>.</summary>
    public static void EmptyResult(IBufferWriter<byte> output, RequestId id) => RawResult(output, id, "{}"u8);

    /// <summary>A success whose result is JSON already.</summary>
    /// <param name="output">Receives the message.</param>
    /// <param name="id">The request's id.</param>
    /// <param name="json">One JSON value.</param>
    public static void RawResult(IBufferWriter<byte> output, RequestId id, ReadOnlySpan<byte> json)
    {
        var cursor = ResultCursor(output, id);
        cursor.Raw(json);
        cursor.Raw("}"u8);
        cursor.Flush();
    }

    /// <summary>Begins a success; the result, one JSON value, is written behind it, and <see cref="EndResult"/> behind that.</summary>
    public static void BeginResult(IBufferWriter<byte> output, RequestId id) => ResultCursor(output, id).Flush();

    /// <summary>Ends what <see cref="BeginResult"/> began.</summary>
    public static void EndResult(IBufferWriter<byte> output) => output.Write("}"u8);

    /// <summary>The answer to <c>initialize</c>.</summary>
    /// <param name="output">Receives the message.</param>
    /// <param name="id">The request's id.</param>
    /// <param name="sessionId">The session's id.</param>
    /// <param name="environmentInfoJson">The object of <c>environment/info</c>.</param>
    public static void InitializeResult(IBufferWriter<byte> output, RequestId id, string sessionId, ReadOnlySpan<byte> environmentInfoJson)
    {
        var cursor = ResultCursor(output, id);
        cursor.Raw("{\"sessionId\":"u8);
        cursor.String(sessionId);
        cursor.Raw(",\"environmentInfo\":"u8);
        cursor.Raw(environmentInfoJson);
        cursor.Raw("}}"u8);
        cursor.Flush();
    }

    /// <summary>The answer to <c>process/start</c>.</summary>
    public static void StartResult(IBufferWriter<byte> output, RequestId id, string processId, string sandboxType)
    {
        var cursor = ResultCursor(output, id);
        cursor.Raw("{\"processId\":"u8);
        cursor.String(processId);
        cursor.Raw(",\"sandboxType\":"u8);
        cursor.String(sandboxType);
        cursor.Raw("}}"u8);
        cursor.Flush();
    }

    /// <summary>The answer to <c>process/write</c>.</summary>
    /// <param name="output">Receives the message.</param>
    /// <param name="id">The request's id.</param>
    /// <param name="status">A word of <see cref="WriteStatus"/>.</param>
    public static void WriteResult(IBufferWriter<byte> output, RequestId id, string status)
    {
        var cursor = ResultCursor(output, id);
        cursor.Raw("{\"status\":"u8);
        cursor.String(status);
        cursor.Raw("}}"u8);
        cursor.Flush();
    }

    /// <summary>The answer to <c>process/terminate</c>.</summary>
    public static void TerminateResult(IBufferWriter<byte> output, RequestId id, bool running)
    {
        var cursor = ResultCursor(output, id);
        cursor.Raw("{\"running\":"u8);
        cursor.Boolean(running);
        cursor.Raw("}}"u8);
        cursor.Flush();
    }

    private static Utf8Cursor ResultCursor(IBufferWriter<byte> output, RequestId id)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Raw("{\"id\":"u8);
        cursor.Id(id);
        cursor.Raw(",\"result\":"u8);
        return cursor;
    }
}
