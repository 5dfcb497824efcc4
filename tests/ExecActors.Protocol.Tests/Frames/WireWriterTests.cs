using System.Buffers;
using System.Text;
using FsCheck.Xunit;

namespace ExecActors.Protocol.Tests.Frames;

public sealed class WireWriterTests
{
    private static readonly RequestId s_id = RequestId.FromNumber(3);

    public static TheoryData<string, Action<IBufferWriter<byte>>> Messages { get; } = new()
    {
        { """{"error":{"code":-32600,"message":"unknown session id "},"id":-1}""", w => WireWriter.Error(w, RequestId.Unparsable, Protocol.Errors.UnknownSession("")) },
        { """{"error":{"code":-32602,"message":"a \"b\"\n"},"id":"s\\"}""", w => WireWriter.Error(w, RequestId.FromText("s\\"), Protocol.Errors.InvalidParams("a \"b\"\n")) },
        { """{"id":3,"result":{}}""", w => WireWriter.EmptyResult(w, s_id) },
        { """{"id":"","result":{"status":"ready"}}""", w => WireWriter.RawResult(w, RequestId.FromText(""), """{"status":"ready"}"""u8) },
        { """{"id":3,"result":{"sessionId":"6b0185d7","environmentInfo":{"shell":1}}}""", w => WireWriter.InitializeResult(w, s_id, "6b0185d7", """{"shell":1}"""u8) },
        { """{"id":3,"result":{"processId":"p\u0001","sandboxType":"none"}}""", w => WireWriter.StartResult(w, s_id, "p\u0001", "none") },
        { """{"id":3,"result":{"status":"accepted"}}""", w => WireWriter.WriteResult(w, s_id, WriteStatus.Accepted) },
        { """{"id":3,"result":{"running":true}}""", w => WireWriter.TerminateResult(w, s_id, true) },
        { """{"id":-9223372036854775808,"result":{"running":false}}""", w => WireWriter.TerminateResult(w, RequestId.FromNumber(long.MinValue), false) },
        { """{"id":3,"result":{"chunks":[{"seq":1,"stream":"stdout","chunk":"aGkK"},{"seq":18446744073709551615,"stream":"stderr","chunk":""}],"nextSeq":4,"exited":true,"exitCode":0,"closed":true,"failure":null,"sandboxDenied":false}}""", TwoChunks },
        { """{"id":3,"result":{"chunks":[],"nextSeq":1,"exited":false,"exitCode":null,"closed":false,"failure":"lost","sandboxDenied":true,"firstSeq":7}}""", NoChunk },
        { """{"method":"process/output","params":{"processId":"p1","seq":1,"stream":"stdout","chunk":"aGkK"}}""", w => WireWriter.Output(w, "p1", 1, "stdout"u8, "hi\n"u8) },
        { """{"method":"process/exited","params":{"processId":"p1","seq":2,"exitCode":-1,"sandboxDenied":false}}""", w => WireWriter.Exited(w, "p1", 2, -1, false) },
        { """{"method":"process/closed","params":{"processId":"p1","seq":3}}""", w => WireWriter.Closed(w, "p1", 3) },
        { """{"id":3,"method":"environment/status"}""", w => WireWriter.Request(w, s_id, WireMethod.EnvironmentStatus, null) },
        { """{"id":3,"method":"process/terminate","params":{"processId":"p"}}""", w => WireWriter.Request(w, s_id, WireMethod.ProcessTerminate, new ProcessTerminateParams("p")) },
        { """{"method":"initialized"}""", w => WireWriter.Notification(w, WireMethod.Initialized, null) },
        { """{"id":3,"method":"process/write","params":{"processId":"p1","chunk":"aGkK","writeId":"w"}}""", w => WireWriter.WriteRequest(w, s_id, "p1", "hi\n"u8, "w", false) },
        { """{"id":3,"method":"process/write","params":{"processId":"p1","chunk":"","writeId":"w","closeStdin":true}}""", w => WireWriter.WriteRequest(w, s_id, "p1", default, "w", true) },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_has_the_reference_servers_members_in_its_order(string expected, Action<IBufferWriter<byte>> write)
    {
        Assert.Equal(expected, Wire.Written(write));
        Assert.True(EnvelopeScanner.TryScan(Wire.Utf8(expected), out _, out var problem), problem);
    }

    [Property(MaxTest = 500)]
    public void Any_text_is_written_as_a_JSON_string(string text)
    {
        var id = Wire.Written(RequestId.FromText(text ?? "").WriteTo);

        Assert.Equal(RequestId.FromText(Unicode.Valid(text)), Wire.Scanned($$"""{"id":{{id}},"method":"x"}""").Id);
    }

    // Not constants of an attribute, which cannot hold half a surrogate pair.
    public static TheoryData<string, string> HardTexts { get; } = new()
    {
        { "a\ud800b", "\"a\uFFFDb\"" },
        { "\udc00\ud800", "\"\uFFFD\uFFFD\"" },
        { "\0\u001f\u007f\b\f\n\r\t\"\\/é\u2028😀", "\"\\u0000\\u001f\u007f\\b\\f\\n\\r\\t\\\"\\\\/é\u2028😀\"" },
    };

    [Theory]
    [MemberData(nameof(HardTexts))]
    public void What_JSON_cannot_hold_is_escaped_or_replaced(string text, string json)
    {
        Assert.Equal(json, Wire.Written(RequestId.FromText(text).WriteTo));
        Assert.Equal(Unicode.Valid(text), Wire.Deserialized<ProcessTerminateParams>(Wire.Text(Wire.Serialized(new ProcessTerminateParams(text)))).ProcessId);
    }

    [Theory]
    [InlineData(16 * 1024)]
    [InlineData(100_001)]
    public void Long_texts_keep_their_surrogate_pairs_whole(int length)
    {
        foreach (var text in new[] { string.Concat(Enumerable.Repeat("😀", length)), "x" + string.Concat(Enumerable.Repeat("😀", length)) })
        {
            Assert.Equal($"\"{text}\"", Wire.Written(RequestId.FromText(text).WriteTo));
            Assert.Equal($"{{\"processId\":\"{text}\"}}", Wire.Text(Wire.Serialized(new ProcessTerminateParams(text))));
        }
    }

    [Property]
    public void The_hand_written_output_and_the_record_are_equal_both_ways(byte[] bytes, string processId, ulong seq)
    {
        var id = Unicode.Valid(processId);
        var written = Wire.Written(w => WireWriter.Output(w, id, seq, "stderr"u8, bytes));
        var general = Wire.Written(w => WireWriter.Notification(w, WireMethod.ProcessOutput, new ProcessOutputNotification(id, seq, "stderr", bytes)));

        Assert.True(Wire.SameJson(general, written), $"{general} {written}");
        foreach (var frame in new[] { written, general })
        {
            var envelope = Wire.Scanned(frame);
            var json = Wire.Utf8(frame).AsMemory(envelope.ParamsOffset, envelope.ParamsLength);
            Assert.True(OutputReader.TryRead(json, out var output, out var error), error.Message);
            Assert.Equal((id, seq, "stderr"), (Wire.Text(output.ProcessId), output.Seq, Wire.Text(output.Stream)));
            Assert.Equal(Convert.ToBase64String(bytes), Wire.Text(output.ChunkBase64));
            var record = Wire.Deserialized<ProcessOutputNotification>(Wire.Text(json));
            Assert.Equal((id, seq, "stderr"), (record.ProcessId, record.Seq, record.Stream));
            Assert.Equal(bytes, record.Chunk);
        }
    }

    [Theory]
    [InlineData("{}", "missing field `processId`")]
    [InlineData("""{"processId":"p","seq":-1}""", "invalid number")]
    [InlineData("""{"processId":"p","seq":"1"}""", "invalid type: string \"1\", expected u64")]
    [InlineData("""{"processId":"p","seq":1,"stream":"pty"}""", "missing field `chunk`")]
    public void A_bad_output_is_refused(string json, string message)
    {
        Assert.False(OutputReader.TryRead(Wire.Utf8(json), out _, out var error));
        Assert.Equal(message, error.Message);
    }

    [Property]
    public void A_read_result_is_equal_to_its_record(byte[][] chunks, int? exitCode, string? failure, ulong? firstSeq)
    {
        failure = failure is null ? null : Unicode.Valid(failure);
        var record = new ProcessReadResponse(
            [.. chunks.Select((bytes, i) => new ProcessOutputChunk((ulong)i + 1, i % 2 == 0 ? "stdout" : "pty", bytes ?? []))],
            (ulong)chunks.Length + 1, exitCode is not null, exitCode, false, failure, true, firstSeq);
        var output = new ArrayBufferWriter<byte>();
        WireWriter.BeginReadResult(output, s_id);
        foreach (var chunk in record.Chunks)
        {
            WireWriter.ReadChunk(output, chunk.Seq == 1, chunk.Seq, Wire.Utf8(chunk.Stream), chunk.Chunk);
        }

        WireWriter.EndReadResult(output, record.NextSeq, record.Exited, record.ExitCode, record.Closed, record.Failure, record.SandboxDenied, record.FirstSeq);

        var envelope = Wire.Scanned(Wire.Text(output.WrittenMemory));
        var result = Wire.Text(output.WrittenMemory.Slice(envelope.ResultOffset, envelope.ResultLength));
        Assert.True(Wire.SameJson(Wire.Text(Wire.Serialized(record)), result));
        var read = Wire.Deserialized<ProcessReadResponse>(result);
        Assert.Equal(record.Chunks.Select(c => c.Chunk), read.Chunks.Select(c => c.Chunk));
        Assert.Equal((record.NextSeq, record.ExitCode, record.Failure, record.FirstSeq), (read.NextSeq, read.ExitCode, read.Failure, read.FirstSeq));
    }

    [Fact]
    public void Large_outputs_are_written_in_pieces_that_join()
    {
        var bytes = Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7)).ToArray();

        var frame = Wire.Written(w => WireWriter.Output(w, "p", 1, "stdout"u8, bytes));

        Assert.Contains($"\"{Convert.ToBase64String(bytes)}\"", frame, StringComparison.Ordinal);
    }

    [Fact]
    public void Writing_an_output_allocates_nothing()
    {
        var output = new ArrayBufferWriter<byte>(100_000);
        var bytes = new byte[65_536];
        Write();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Write();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Write()
        {
            output.ResetWrittenCount();
            WireWriter.Output(output, "p\n1", 12, "stdout"u8, bytes);
        }
    }

    [Fact]
    public void Responses_are_written_as_they_were_recorded()
    {
        Assert.Equal("""{"processId":"p","sandboxType":"none"}""", Encoding.UTF8.GetString(Wire.Serialized(new ProcessStartResponse("p", "none"))));
        Assert.Equal("""{"status":"accepted"}""", Encoding.UTF8.GetString(Wire.Serialized(new ProcessWriteResponse(WriteStatus.Accepted))));
        Assert.Equal("""{"running":true}""", Encoding.UTF8.GetString(Wire.Serialized(new ProcessTerminateResponse(true))));
        Assert.Equal("""{"status":"ready"}""", Encoding.UTF8.GetString(Wire.Serialized(new StatusResponse("ready"))));
        Assert.Equal(new ProcessClosedNotification("p", null), Wire.Deserialized<ProcessClosedNotification>("""{"processId":"p"}"""));
        Assert.Equal(new ProcessExitedNotification("p", 2, 7, false), Wire.Deserialized<ProcessExitedNotification>("""{"processId":"p","seq":2,"exitCode":7}"""));
    }

    private static void TwoChunks(IBufferWriter<byte> output)
    {
        WireWriter.BeginReadResult(output, s_id);
        WireWriter.ReadChunk(output, true, 1, "stdout"u8, "hi\n"u8);
        WireWriter.ReadChunk(output, false, ulong.MaxValue, "stderr"u8, default);
        WireWriter.EndReadResult(output, 4, true, 0, true, null, false, null);
    }

    private static void NoChunk(IBufferWriter<byte> output)
    {
        WireWriter.BeginReadResult(output, s_id);
        WireWriter.EndReadResult(output, 1, false, null, false, "lost", true, 7);
    }
}
