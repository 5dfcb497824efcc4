using FsCheck.Xunit;

namespace ExecActors.Protocol.Tests.Process;

public sealed class ProcessWriteParamsTests
{
    [Fact]
    public void The_chunk_is_a_slice_of_the_frame()
    {
        var json = Wire.Utf8("""{"processId":"p\n1","chunk":"aGVsbG8K","writeId":"w-1","closeStdin":true}""");

        Assert.True(ProcessWriteParams.TryDecode(json, out var write, out _));

        Assert.Equal(("p\n1", "w-1", true), (write.ProcessId, write.WriteId, write.CloseStdin));
        Assert.Equal("aGVsbG8K", Wire.Text(write.ChunkBase64));
        Assert.True(json.AsSpan().Overlaps(write.ChunkBase64.Span));
    }

    [Fact]
    public void Any_spelling_and_order_of_the_members_is_equal()
    {
        var write = Accepted("""{"wr\u0069teId":"\u0077","x":[{"chunk":5}],"chunk":"Y\u0051\u003d=" , "process\u0049d":""}""");

        Assert.Equal(("", "YQ==", "w", false), (write.ProcessId, Wire.Text(write.ChunkBase64), write.WriteId, write.CloseStdin));
    }

    [Theory]
    [InlineData("", "invalid type: null, expected struct WriteParams")]
    [InlineData("5", "invalid type: number, expected struct WriteParams")]
    [InlineData("\"a\\\"b\"", "invalid type: string \"a\\\"b\", expected struct WriteParams")]
    [InlineData("{}", "missing field `processId`")]
    [InlineData("""{"processId":"p","writeId":"w"}""", "missing field `chunk`")]
    [InlineData("""{"processId":"p","chunk":"eA=="}""", "missing field `writeId`")]
    [InlineData("""{"processId":"p","writeId":""}""", "missing field `chunk`")]
    [InlineData("""{"processId":"p","chunk":"","writeId":""}""", "writeId must not be empty")]
    [InlineData("""{"processId":"p","chunk":"eA==","writeId":null}""", "invalid type: null, expected a string")]
    [InlineData("""{"writeId":5}""", "invalid type: number, expected a string")]
    [InlineData("""{"chunk":true}""", "invalid type: boolean `true`, expected a string")]
    [InlineData("""{"chunk":["a"]}""", "invalid type: sequence, expected a string")]
    [InlineData("""{"processId":{}}""", "invalid type: map, expected a string")]
    [InlineData("""{"closeStdin":null}""", "invalid type: null, expected a boolean")]
    [InlineData("""{"closeStdin":"yes"}""", "invalid type: string \"yes\", expected a boolean")]
    public void Bad_params_are_refused(string json, string message) =>
        Assert.Equal(message, Wire.Refusal<ProcessWriteParams>(ProcessWriteParams.TryDecode, json));

    [Property]
    public void The_hand_written_message_and_the_records_are_equal_both_ways(byte[] bytes, string processId, string writeId, bool closeStdin)
    {
        processId = Unicode.Valid(processId);
        writeId = Unicode.Valid(writeId) + "w";
        var written = Wire.Written(output => WireWriter.WriteRequest(output, RequestId.FromNumber(1), processId, bytes, writeId, closeStdin));
        var record = new ProcessWriteParams(processId, Wire.Utf8(Convert.ToBase64String(bytes)), writeId, closeStdin);
        var general = Wire.Written(output => WireWriter.Request(output, RequestId.FromNumber(1), WireMethod.ProcessWrite, record));

        Assert.True(Wire.SameJson(general, written), $"{general} {written}");
        AssertSame(record, Params(written));
        AssertSame(record, Params(general));
        AssertSame(record, Wire.Deserialized<ProcessWriteParams>(Wire.Text(Wire.Serialized(record))));
    }

    private static ProcessWriteParams Params(string frame)
    {
        var envelope = Wire.Scanned(frame);
        Assert.Equal(WireMethod.ProcessWrite, envelope.Method);
        return Accepted(Wire.Text(Wire.Utf8(frame).AsMemory(envelope.ParamsOffset, envelope.ParamsLength)));
    }

    private static void AssertSame(ProcessWriteParams expected, ProcessWriteParams actual)
    {
        Assert.Equal((expected.ProcessId, expected.WriteId, expected.CloseStdin), (actual.ProcessId, actual.WriteId, actual.CloseStdin));
        Assert.Equal(Wire.Text(expected.ChunkBase64), Wire.Text(actual.ChunkBase64));
    }

    private static ProcessWriteParams Accepted(string json) => Wire.Accepted<ProcessWriteParams>(ProcessWriteParams.TryDecode, json);
}
