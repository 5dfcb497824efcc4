using System.Globalization;

namespace ExecActors.Integration.Tests.EndToEnd;

/// <summary>Many processes, large amounts, and clients that come and go.</summary>
public sealed class LoadTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Two_hundred_processes_run_at_once()
    {
        const int Count = 200;
        await using var client = await fixture.OpenAsync();
        var starts = new List<long>();
        for (var i = 0; i < Count; i++)
        {
            var start = WireClient.ScriptParams($"p{i}", $"read line; echo got $line; echo err{i} >&2; exit {i % 256}");
            start["pipeStdin"] = true;
            starts.Add(await client.PostAsync("process/start", start));
        }

        foreach (var start in starts)
        {
            WireClient.ResultOf(await client.AnswerAsync(start));
        }

        for (var i = Count - 1; i >= 0; i--)
        {
            Assert.Equal("accepted", await client.WriteAsync($"p{i}", $"{i}\n", "1"));
        }

        for (var i = 0; i < Count; i++)
        {
            var run = await client.FinishAsync($"p{i}");
            Assert.Equal(($"got {i}\n", $"err{i}\n", i % 256), (run.Stdout, run.Stderr, run.ExitCode!.Value));
        }
    }

    [Fact]
    public async Task Eight_megabytes_go_both_ways_whole_and_in_order()
    {
        await using var client = await fixture.OpenAsync();
        await Bulk.EchoAsync(client, "p", bytes: 8 * 1024 * 1024);
    }

    [Fact]
    public async Task Eight_megabytes_of_output_come_whole_from_a_terminal()
    {
        await using var client = await fixture.OpenAsync();
        var parameters = WireClient.ScriptParams("t", "stty raw; head -c 8388608 /dev/zero | tr '\\0' x");
        parameters["tty"] = true;
        await client.StartAsync(parameters);
        var run = await client.FinishAsync("t");
        Assert.Equal(8_388_608, run.Bytes("pty").Length);
        Assert.All(run.Bytes("pty").Chunk(65536), chunk => Assert.Equal(-1, chunk.AsSpan().IndexOfAnyExcept((byte)'x')));
    }

    [Fact]
    public async Task A_client_that_comes_and_goes_sees_every_number_once()
    {
        const int Lines = 3000;
        await using var first = await fixture.OpenAsync();
        await first.StartAsync(WireClient.ScriptParams("p", $"i=0; while [ $i -lt {Lines} ]; do i=$((i+1)); echo line $i; done; exit 9"));
        var session = first.SessionId;
        var chunks = new SortedDictionary<long, string>();
        var client = first;
        try
        {
            (long? Closed, int? ExitCode) end = (null, null);
            for (var cut = 1; end.Closed is null; cut++)
            {
                // Some notifications, then the connection goes; what was missed is read.
                end = await TakeAsync(client, chunks, count: cut < 20 ? cut : int.MaxValue, end);
                if (end.Closed is null)
                {
                    client.Socket.Connection.Reset();
                    await client.DisposeAsync();
                    client = await fixture.OpenAsync(session);
                    end = await CatchUpAsync(client, chunks);
                }
            }

            Assert.Equal(9, end.ExitCode);
            Assert.Equal(string.Concat(Enumerable.Range(1, Lines).Select(i => string.Create(CultureInfo.InvariantCulture, $"line {i}\n"))), string.Concat(chunks.Values));
            Assert.Equal(Enumerable.Range(1, chunks.Count).Select(seq => (long)seq), chunks.Keys);
            Assert.Equal(chunks.Count + 2, end.Closed);
        }
        finally
        {
            await client.DisposeAsync();
        }
    }

    private static async Task<(long? Closed, int? ExitCode)> TakeAsync(
        WireClient client, SortedDictionary<long, string> chunks, int count, (long? Closed, int? ExitCode) end)
    {
        for (; count > 0; count--)
        {
            var message = await client.NextAsync(message => message["method"] is not null, () => "a notification");
            var parameters = message["params"]!;
            switch ((string?)message["method"])
            {
                case "process/output":
                    AddChunk(chunks, parameters);
                    break;
                case "process/exited":
                    end.ExitCode = (int)parameters["exitCode"]!;
                    break;
                default:
                    return ((long)parameters["seq"]!, end.ExitCode);
            }
        }

        return end;
    }

    private static async Task<(long? Closed, int? ExitCode)> CatchUpAsync(WireClient client, SortedDictionary<long, string> chunks)
    {
        var read = await client.ReadAsync("p", afterSeq: chunks.Keys.LastOrDefault());
        foreach (var chunk in read["chunks"]!)
        {
            AddChunk(chunks, chunk);
        }

        return ((bool)read["closed"]! ? (long)read["nextSeq"]! - 1 : null, (int?)read["exitCode"]);
    }

    private static void AddChunk(SortedDictionary<long, string> chunks, JToken chunk)
    {
        var text = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)chunk["chunk"]!));
        Assert.True(chunks.TryAdd((long)chunk["seq"]!, text) || chunks[(long)chunk["seq"]!] == text, "a number means one thing for ever");
    }
}
