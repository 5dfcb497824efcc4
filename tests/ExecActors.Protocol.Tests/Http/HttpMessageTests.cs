using System.Buffers;

using FsCheck.Xunit;

namespace ExecActors.Protocol.Tests.Http;

/// <summary>What the server writes about HTTP requests.</summary>
public sealed class HttpMessageTests
{
    private static readonly RequestId s_id = RequestId.FromNumber(9);

    [Fact]
    public void Messages_have_the_reference_servers_members_in_its_order()
    {
        Assert.Equal(
            """{"id":9,"result":{"status":200,"headers":[{"name":"content-type","value":"text/\"event\""},{"name":"x","value":"é"}],"bodyBase64":"eHk="}}""",
            Result(200, [new("content-type", "text/\"event\""), new("x", "é")], "xy"u8.ToArray(), piece: 3));
        Assert.Equal("""{"id":9,"result":{"status":204,"headers":[],"bodyBase64":""}}""", Result(204, [], [], piece: 3));
        Assert.Equal(
            """{"method":"http/request/bodyDelta","params":{"requestId":"s\n1","seq":1,"deltaBase64":"ZGF0YTogMQoK","done":false,"error":null}}""",
            Wire.Written(output => WireWriter.BodyDelta(output, "s\n1", 1, "data: 1\n\n"u8, done: false, error: null)));
        Assert.Equal(
            """{"method":"http/request/bodyDelta","params":{"requestId":"s1","seq":2,"deltaBase64":"","done":true,"error":"error decoding response body"}}""",
            Wire.Written(output => WireWriter.BodyDelta(output, "s1", 2, default, done: true, Protocol.Errors.HttpBodyBroken)));
    }

    [Property]
    public void A_result_in_pieces_is_equal_to_its_record(byte[] body, int status, string[] headers, byte piece)
    {
        var lines = headers.Select((text, i) => new HttpHeaderLine($"x-{i}", Unicode.Valid(text))).ToList();
        var envelope = Wire.Scanned(Result(status, lines, body, 3 * (piece + 1)));
        var frame = Result(status, lines, body, 3 * (piece + 1));
        var json = Wire.Text(Wire.Utf8(frame).AsMemory(envelope.ResultOffset, envelope.ResultLength));

        var record = new HttpRequestResponse(status, lines, body);
        Assert.True(Wire.SameJson(Wire.Text(Wire.Serialized(record)), json), json);
        var read = Wire.Deserialized<HttpRequestResponse>(json);
        Assert.Equal(status, read.Status);
        Assert.Equal(lines, read.Headers);
        Assert.Equal(body, read.Body);
    }

    [Property]
    public void A_delta_is_equal_to_its_record(byte[] delta, string requestId, ulong seq, bool done, string? error)
    {
        requestId = Unicode.Valid(requestId);
        error = error is null ? null : Unicode.Valid(error);
        var written = Wire.Written(output => WireWriter.BodyDelta(output, requestId, seq, delta, done, error));
        var general = Wire.Written(output => WireWriter.Notification(output, WireMethod.HttpBodyDelta, new HttpBodyDeltaNotification(requestId, seq, delta, done, error)));

        Assert.True(Wire.SameJson(general, written), $"{general} {written}");
    }

    [Fact]
    public void A_delta_without_its_last_members_is_understood()
    {
        var delta = Wire.Deserialized<HttpBodyDeltaNotification>("""{"requestId":"s","seq":1,"deltaBase64":"eA=="}""");

        Assert.Equal(("s", 1UL, false, null), (delta.RequestId, delta.Seq, delta.Done, delta.Error));
        Assert.Equal("x"u8.ToArray(), delta.Delta);
    }

    [Fact]
    public void Writing_a_delta_allocates_nothing()
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
            WireWriter.BodyDelta(output, "s1", 12, bytes, done: false, error: null);
        }
    }

    private static string Result(int status, IReadOnlyList<HttpHeaderLine> headers, byte[] body, int piece) => Wire.Written(output =>
    {
        WireWriter.BeginHttpResult(output, s_id, status, headers);
        foreach (var bytes in body.Chunk(piece))
        {
            WireWriter.HttpBodyPiece(output, bytes);
        }

        WireWriter.EndHttpResult(output);
    });
}
