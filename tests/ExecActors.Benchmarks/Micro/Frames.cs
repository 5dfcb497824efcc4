using System.Buffers;
using System.Text;

using ExecActors.Protocol;

namespace ExecActors.Benchmarks.Micro;

/// <summary>The messages that benchmarks read and write.</summary>
internal static class Frames
{
    public const string ProcessId = "exec-1700000000-1";

    public static readonly byte[] Read = Utf8(
        $$$"""{"id":1234,"method":"process/read","params":{"processId":"{{{ProcessId}}}","afterSeq":17,"maxBytes":65536,"waitMs":0}}""");

    public static readonly byte[] Start = Utf8(
        $$$"""{"id":1234,"method":"process/start","params":{"processId":"{{{ProcessId}}}","argv":["/bin/bash","-lc","ls -la"],"cwd":"file:///home/user/project","env":{"LANG":"C.UTF-8","PAGER":"cat"},"envPolicy":{"inherit":"all","ignoreDefaultExcludes":false,"exclude":[],"set":{},"includeOnly":[]},"tty":false,"pipeStdin":false,"arg0":null}}""");

    /// <summary>Bytes that no codec can take a short way with; the same at every run.</summary>
    public static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)((i * 131) + (i >> 8));
        }

        return bytes;
    }

    /// <summary>A process/write of so many bytes.</summary>
    public static byte[] Write(int bytes) =>
        Written(output => WireWriter.WriteRequest(output, RequestId.FromNumber(1234), ProcessId, Bytes(bytes), "w-17", closeStdin: false));

    /// <summary>A process/output of so many bytes.</summary>
    public static byte[] Output(int bytes) => Written(output => WireWriter.Output(output, ProcessId, seq: 17, "stdout"u8, Bytes(bytes)));

    /// <summary>The params of a frame.</summary>
    public static ReadOnlyMemory<byte> Params(byte[] frame) => EnvelopeScanner.TryScan(frame, out var envelope, out var problem)
        ? frame.AsMemory(envelope.ParamsOffset, envelope.ParamsLength)
        : throw new InvalidOperationException(problem);

    private static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
