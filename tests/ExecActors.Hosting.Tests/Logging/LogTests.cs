using System.Text;
using ExecActors.Server.Logging;
using Microsoft.Extensions.Logging;

namespace ExecActors.Hosting.Tests.Logging;

public sealed class LogTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 13, 0, 0, 7, TimeSpan.FromHours(1));

    [Fact]
    public void An_event_is_one_line_of_pairs()
    {
        KeyValuePair<string, object?>[] properties = [new("Peer", "stdio"), new("Count", 3), new("Nothing", null), new("{OriginalFormat}", "x")];

        var line = LogLine.Format(Noon, LogLevel.Information, "A.B", new EventId(1, "Opened"), "two words", properties, exception: null);

        Assert.Equal("time=2026-01-31T12:00:00.007Z level=info source=A.B event=Opened msg=\"two words\" Peer=stdio Count=3 Nothing=\"\"", line);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a=b", "\"a=b\"")]
    [InlineData("say \"hi\"", "\"say \\\"hi\\\"\"")]
    [InlineData("back\\slash", "\"back\\\\slash\"")]
    [InlineData("two\nlines", "\"two\\nlines\"")]
    [InlineData("\r\t\u001b[31m\u0085\u2028", "\"\\u000d\\t\\u001b[31m\\u0085\\u2028\"")]
    [InlineData("größe", "\"größe\"")]
    public void No_value_can_break_out_of_its_line(string message, string written) => Assert.Equal(
        $"time=2026-01-31T12:00:00.007Z level=warn source=A msg={written}",
        LogLine.Format(Noon, LogLevel.Warning, "A", default, message, properties: null, exception: null));

    [Fact]
    public void An_exception_is_on_the_line()
    {
        var line = LogLine.Format(Noon, LogLevel.Error, "A", default, "failed", properties: null, new InvalidOperationException("why\nso"));

        Assert.EndsWith("msg=failed exception=\"System.InvalidOperationException: why\\nso\"", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_that_nobody_takes_are_dropped_and_counted()
    {
        using var stream = new BlockedStream();
        using (var queue = new LogQueue(stream, TimeProvider.System))
        {
            queue.Add("first");
            await stream.Writing.SoonAsync();
            for (var i = 0; i < 5000; i++)
            {
                queue.Add("more");
            }

            stream.Release();
            await stream.Reported.SoonAsync();
        }

        var lines = stream.Lines();
        Assert.Equal(4096, lines.Count(line => string.Equals(line, "more", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.Contains("904 log lines were dropped here", StringComparison.Ordinal));
    }

    [Fact]
    public void After_the_end_lines_are_dropped_without_a_word()
    {
        using var stream = new MemoryStream();
        var queue = new LogQueue(stream, TimeProvider.System);
        queue.Add("last");
        queue.Dispose();
        queue.Add("too late");
        queue.Dispose();

        Assert.Equal("last\n", Encoding.UTF8.GetString(stream.ToArray()));
    }

    private sealed class BlockedStream : MemoryStream
    {
        private readonly ManualResetEventSlim _released = new();
        private readonly TaskCompletionSource _writing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _reported = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Writing => _writing.Task;

        public Task Reported => _reported.Task;

        public void Release() => _released.Set();

        public string[] Lines() => Encoding.UTF8.GetString(ToArray()).Split('\n');

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _writing.TrySetResult();
            _released.Wait();
            base.Write(buffer.ToArray(), 0, buffer.Length);
            if (Encoding.UTF8.GetString(buffer).Contains("dropped", StringComparison.Ordinal))
            {
                _reported.TrySetResult();
            }
        }

        protected override void Dispose(bool disposing)
        {
            _released.Dispose();
            base.Dispose(disposing);
        }
    }
}
