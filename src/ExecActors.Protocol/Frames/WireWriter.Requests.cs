using System.Buffers;

namespace ExecActors.Protocol;

/// <summary>What a client sends.</summary>
public static partial class WireWriter
{
    /// <summary>A request.</summary>
    /// <param name="output">Receives the message.</param>
    /// <param name="id">The id under which the answer comes.</param>
    /// <param name="method">Which method.</param>
    /// <param name="parameters">One of the protocol's records; null for a method without params.</param>
    public static void Request(IBufferWriter<byte> output, RequestId id, WireMethod method, object? parameters)
    {
        var cursor = BeginRequest(output, id, WireMethods.Of(method).Name);
        EndWithParams(output, cursor, parameters);
    }

    /// <summary>A notification.</summary>
    /// <param name="output">Receives the message.</param>
    /// <param name="method">Which method.</param>
    /// <param name="parameters">One of the protocol's records; null for none.</param>
    public static void Notification(IBufferWriter<byte> output, WireMethod method, object? parameters)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Raw("{\"method\":"u8);
        cursor.String(WireMethods.Of(method).Name);
        EndWithParams(output, cursor, parameters);
    }

    /// <summary><c>process/write</c>, its bytes encoded straight into the message.</summary>
    /// <param name="output">Receives the message.</param>
    /// <param name="id">The id under which the answer comes.</param>
    /// <param name="processId">The process.</param>
    /// <param name="bytes">The bytes for standard input.</param>
    /// <param name="writeId">Names this write; not empty.</param>
    /// <param name="closeStdin">Whether standard input ends behind these bytes; left out when false.</param>
    public static void WriteRequest(
        IBufferWriter<byte> output, RequestId id, string processId, ReadOnlySpan<byte> bytes, string writeId, bool closeStdin)
    {
        var cursor = BeginRequest(output, id, "process/write");
        cursor.Raw(",\"params\":{\"processId\":"u8);
        cursor.String(processId);
        cursor.Raw(",\"chunk\":"u8);
        cursor.Base64String(bytes);
        cursor.Raw(",\"writeId\":"u8);
        cursor.String(writeId);
        cursor.Raw(closeStdin ? ",\"closeStdin\":true}}"u8 : "}}"u8);
        cursor.Flush();
    }

    private static Utf8Cursor BeginRequest(IBufferWriter<byte> output, RequestId id, string method)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Raw("{\"id\":"u8);
        cursor.Id(id);
        cursor.Raw(",\"method\":"u8);
        cursor.String(method);
        return cursor;
    }

    private static void EndWithParams(IBufferWriter<byte> output, Utf8Cursor cursor, object? parameters)
    {
        if (parameters is not null)
        {
            cursor.Raw(",\"params\":"u8);
            cursor.Flush();
            WireJson.Write(output, parameters);
        }

        cursor.Raw("}"u8);
        cursor.Flush();
    }
}
