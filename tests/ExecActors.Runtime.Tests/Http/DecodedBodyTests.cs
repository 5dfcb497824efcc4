using System.Text;

using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Http;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>Compressed bodies as they are read.</summary>
public sealed class DecodedBodyTests
{
    private const int MiB = 1024 * 1024;

    private static readonly byte[] s_text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 400).Select(number => $"line {number * number}\n")));

    private readonly ByteBudget _budget = new(64 * MiB);

    [Theory]
    [InlineData("gzip", 1, 1)]
    [InlineData("gzip", 7, 100)]
    [InlineData("gzip", 100_000, 100_000)]
    [InlineData("zstd", 1, 1)]
    [InlineData("zstd", 7, 100)]
    [InlineData("zstd", 100_000, 100_000)]
    public async Task All_members_are_decoded_wherever_the_body_is_split(string coding, int pieceBytes, int readBytes)
    {
        byte[] compressed = [.. Compressed.Of(coding, s_text), .. Compressed.Of(coding, []), .. Compressed.Of(coding, s_text)];

        var (body, error) = await ReadAsync(coding, compressed, pieceBytes, readBytes);

        Assert.Null(error);
        Assert.Equal([.. s_text, .. s_text], body);
        Assert.Equal(0, _budget.Taken);
    }

    [Theory]
    [InlineData("gzip", 1)]
    [InlineData("gzip", 100_000)]
    [InlineData("zstd", 1)]
    [InlineData("zstd", 100_000)]
    public async Task A_body_that_is_cut_anywhere_is_an_error_after_what_could_be_decoded(string coding, int pieceBytes)
    {
        var text = s_text[..300];
        var member = Compressed.Of(coding, text);
        byte[] compressed = [.. member, .. member];
        byte[] whole = [.. text, .. text];
        for (var length = 0; length <= compressed.Length; length++)
        {
            var (body, error) = await ReadAsync(coding, compressed[..length], pieceBytes, readBytes: 64);

            var isComplete = length % member.Length == 0;
            Assert.True(isComplete == error is null, $"cut at {length} of {compressed.Length}: {error?.Message ?? "no error"}");
            Assert.True(error is null or IOException, $"cut at {length}: {error}");
            Assert.True(whole.AsSpan().StartsWith(body), $"cut at {length}: bytes that are not the body's");
            Assert.True(!isComplete || body.Length == length / member.Length * text.Length, $"cut at {length}: {body.Length} bytes");
        }

        Assert.Equal(0, _budget.Taken);
    }

    [Theory]
    [InlineData("junk")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("\u001f")]
    [InlineData("\u001fjunk")]
    [InlineData("\u001f\u008b\0aaaaaaaaaaaa")]
    public async Task Only_what_begins_as_a_member_is_one(string behind)
    {
        foreach (var pieceBytes in new[] { 1, 100_000 })
        {
            var (body, error) = await ReadAsync("gzip", [.. Compressed.Gzip(s_text), .. Encoding.Latin1.GetBytes(behind)], pieceBytes, readBytes: 1000);

            // Where it may be the beginning of a member, it is one that is cut or broken.
            Assert.Equal((true, behind is "\u001f" || behind.StartsWith("\u001f\u008b", StringComparison.Ordinal)), (s_text.AsSpan().SequenceEqual(body), error is not null));
        }
    }

    [Fact]
    public async Task Frames_to_skip_are_skipped()
    {
        var frame = Compressed.Zstd(s_text);
        byte[] compressed = [.. Compressed.Skippable(5), .. frame, .. Compressed.Skippable(70_000), .. frame, .. Compressed.Skippable(0)];
        foreach (var pieceBytes in new[] { 1, 100_000 })
        {
            var (body, error) = await ReadAsync("zstd", compressed, pieceBytes, readBytes: 1000);

            Assert.Null(error);
            Assert.Equal([.. s_text, .. s_text], body);
        }
    }

    [Theory]
    [InlineData("gzip", "not compressed")]
    [InlineData("zstd", "not compressed")]
    [InlineData("zstd", "\u0028\u00b5\u002f\u00fd\u0000\u0070 a window of 16 MiB")]
    [InlineData("zstd", "\u0028\u00b5\u002f\u00fd\u00e0\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff and one piece of all there is")]
    public async Task What_does_not_decode_is_an_error(string coding, string body)
    {
        var (decoded, error) = await ReadAsync(coding, Encoding.Latin1.GetBytes(body), pieceBytes: 3, readBytes: 100);

        Assert.IsType<IOException>(error);
        Assert.Empty(decoded);
        Assert.Equal(0, _budget.Taken);
    }

    [Fact]
    public async Task A_checksum_that_is_wrong_is_an_error()
    {
        var compressed = Compressed.Gzip(s_text);
        compressed[^6] ^= 1;

        Assert.IsType<IOException>((await ReadAsync("gzip", compressed, 100_000, 1000)).Error);
    }

    [Theory]
    [InlineData("gzip", 100 * 1024)]
    [InlineData("zstd", MiB)]
    public async Task A_decoder_for_which_there_is_no_memory_is_refused(string coding, int budget)
    {
        var noMemory = new ByteBudget(budget);
        using var raw = new PieceStream(Compressed.Of(coding, new byte[16 * MiB]), pieceBytes: 1000);
        await using (var body = Open(coding, raw, noMemory))
        {
            await Assert.ThrowsAsync<BudgetSpentException>(() => body.ReadAsync(new byte[100]).AsTask());
        }

        Assert.Equal(0, noMemory.Taken);
    }

    [Fact]
    public async Task A_long_body_of_nothing_is_cut_off()
    {
        var nothing = Compressed.Skippable(100);
        using var raw = new PieceStream([.. Enumerable.Repeat(nothing, 10_000).SelectMany(frame => frame)], pieceBytes: 100_000);
        await using var body = Open("zstd", raw, _budget, longest: 500_000);

        await Assert.ThrowsAsync<BodyTooLongException>(() => body.ReadAsync(new byte[100]).AsTask());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task What_came_with_other_members_is_there_without_more_input(string coding)
    {
        using var raw = new ScriptedBody();
        await using var body = Open(coding, raw, _budget);
        var waiting = body.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(waiting.IsCompleted);
        raw.Feed([.. Compressed.Of(coding, "one"u8.ToArray()), .. Compressed.Of(coding, "two"u8.ToArray())]);
        var buffer = new byte[100];
        var text = "";

        while (text.Length < 6)
        {
            await waiting.SoonAsync();
            text += Encoding.ASCII.GetString(buffer.AsSpan(0, await body.ReadAsync(buffer).AsTask().SoonAsync()));
            waiting = body.ReadAsync(Memory<byte>.Empty).AsTask();
        }

        Assert.Equal("onetwo", text);
        Assert.False(waiting.IsCompleted);
        raw.End();
        await waiting.SoonAsync();
        Assert.Equal(0, await body.ReadAsync(buffer));
    }

    [Fact]
    public async Task Disposed_during_a_read_it_gives_all_back_when_that_ends()
    {
        using var raw = new ScriptedBody();
        using var stop = new CancellationTokenSource();
        var body = Open("gzip", raw, _budget);
        var reading = body.ReadAsync(new byte[100], stop.Token).AsTask();
        await body.DisposeAsync();
        Assert.NotEqual(0, _budget.Taken);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.SoonAsync());
        Assert.Equal(0, _budget.Taken);
    }

    private static DecodedBody Open(string coding, Stream raw, ByteBudget budget, long longest = long.MaxValue) =>
        new(raw, coding is "gzip" ? ContentCoding.Gzip : ContentCoding.Zstd, budget, longest);

    private async Task<(byte[] Body, Exception? Error)> ReadAsync(string coding, byte[] compressed, int pieceBytes, int readBytes)
    {
        using var raw = new PieceStream(compressed, pieceBytes);
        await using var body = Open(coding, raw, _budget);
        using var decoded = new MemoryStream();
        var buffer = new byte[readBytes];
        try
        {
            for (int read; (read = await body.ReadAsync(buffer)) > 0;)
            {
                await decoded.WriteAsync(buffer.AsMemory(0, read));
            }

            Assert.Equal(0, await body.ReadAsync(buffer)); // and again
            return (decoded.ToArray(), null);
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            return (decoded.ToArray(), e);
        }
    }

    /// <summary>Bytes that come in pieces.</summary>
    private sealed class PieceStream(byte[] bytes, int pieceBytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, pieceBytes)], cancellationToken);
    }
}
