using System.Security.Cryptography;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>Large amounts through one process.</summary>
public static class Bulk
{
    private const int ChunkBytes = 48 * 1024;

    /// <summary>Sends so many random bytes through <c>cat</c> and checks that they come back whole and in order.</summary>
    public static async Task EchoAsync(WireClient client, string processId, int bytes)
    {
        var sent = RandomNumberGenerator.GetBytes(bytes);
        var start = WireClient.StartParams(processId, "/bin/cat");
        start["pipeStdin"] = true;
        await client.StartAsync(start);
        var posted = new List<long>();
        for (var offset = 0; offset < bytes; offset += ChunkBytes)
        {
            var end = Math.Min(offset + ChunkBytes, bytes);
            var write = WireClient.WriteParams(processId, sent[offset..end], $"{offset}");
            write["closeStdin"] = end == bytes;
            posted.Add(await client.PostAsync("process/write", write));
        }

        var run = await client.FinishAsync(processId);
        Assert.True(run.Bytes("stdout").AsSpan().SequenceEqual(sent), "the bytes that came back are others than those sent");
        foreach (var id in posted)
        {
            Assert.Equal("accepted", (string?)WireClient.ResultOf(await client.AnswerAsync(id))["status"]);
        }
    }
}
