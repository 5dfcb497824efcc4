using System.Buffers;

namespace ExecActors.Protocol;

/// <summary>The answer to <c>http/request</c>, written piece by piece, and the notifications of a streamed body.</summary>
public static partial class WireWriter
{
    /// <summary>Begins the answer: all but the body.</summary>
    /// <param name="output">Receives the message.</param>
    /// <param name="id">The request's id.</param>
    /// <param name="status">The status code.</param>
    /// <param name="headers">In the order in which they are to stand.</param>
    public static void BeginHttpResult(IBufferWriter<byte> output, RequestId id, int status, IReadOnlyList<HttpHeaderLine> headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        var cursor = ResultCursor(output, id);
        cursor.Raw("{\"status\":"u8);
        cursor.Integer((long)status);
        cursor.Raw(",\"headers\":["u8);
        for (var i = 0; i < headers.Count; i++)
        {
            cursor.Raw(i == 0 ? "{\"name\":"u8 : ",{\"name\":"u8);
            cursor.String(headers[i].Name);
            cursor.Raw(",\"value\":"u8);
            cursor.String(headers[i].Value);
            cursor.Raw("}"u8);
        }

        cursor.Raw("],\"bodyBase64\":\""u8);
        cursor.Flush();
    }

    /// <summary>Adds to the body.</summary>
    /// <param name="output">Receives the message.</param>
    /// <param name="bytes">A multiple of three, except for the last piece.</param>
    public static void HttpBodyPiece(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Base64Text(bytes);
        cursor.Flush();
    }

    /// <summary>Ends the answer.</summary>
    public static void EndHttpResult(IBufferWriter<byte> output)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Raw("\"}}"u8);
        cursor.Flush();
    }

    /// <summary><c>http/request/bodyDelta</c>. The parameters are the members of <see cref="HttpBodyDeltaNotification"/>.</summary>
    public static void BodyDelta(IBufferWriter<byte> output, string requestId, ulong seq, ReadOnlySpan<byte> delta, bool done, string? error)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Raw("{\"method\":\"http/request/bodyDelta\",\"params\":{\"requestId\":"u8);
        cursor.String(requestId);
        cursor.Raw(",\"seq\":"u8);
        cursor.Integer(seq);
        cursor.Raw(",\"deltaBase64\":"u8);
        cursor.Base64String(delta);
        cursor.Raw(",\"done\":"u8);
        cursor.Boolean(done);
        cursor.Raw(",\"error\":"u8);
        StringOrNull(ref cursor, error);
        cursor.Raw("}}"u8);
        cursor.Flush();
    }
}
