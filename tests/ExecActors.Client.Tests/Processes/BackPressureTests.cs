using ExecActors.Client.Connections;
using ExecActors.Client.Processes;
using ExecActors.Client.Tests.Support;
using ExecActors.Testing;

namespace ExecActors.Client.Tests.Processes;

public class BackPressureTests
{
    private const int Chunks = 200;
    private static readonly ExecClientOptions s_small = new() { OutputBufferBytes = 1000 };
    private static readonly string s_text = new('x', 436); // two of them, with what a chunk costs, reach the bound

    [Fact]
    public async Task The_connection_is_read_no_further_than_the_bound_ahead_of_the_consumer()
    {
        var (server, client) = await ScriptedServer.OpenAsync(s_small);
        await using var session = client;
        var process = await server.StartAsync(client);
        var before = server.Taken;
        for (var seq = 1; seq <= Chunks; seq++)
        {
            server.Output((ulong)seq, s_text);
        }

        server.Exit(Chunks + 1, 0);
        server.Closed(Chunks + 2);

        var consumed = 0;
        await foreach (var chunk in process.ReadOutputAsync())
        {
            consumed++;

            // Two chunks wait at most, the one in hand was the third, and its place may have been filled already.
            Assert.InRange(server.Taken - before, consumed, consumed + 3);
        }

        Assert.Equal(Chunks, consumed);
    }

    [Fact]
    public async Task A_terminate_is_answered_although_nobody_takes_the_output()
    {
        var (server, client) = await ScriptedServer.OpenAsync(s_small);
        await using var session = client;
        var process = await server.StartAsync(client);
        for (var seq = 1; seq <= 10; seq++)
        {
            server.Output((ulong)seq, s_text);
        }

        var terminating = process.TerminateAsync();
        server.Answer(await server.HearAsync("process/terminate"), """{"running":true}""");

        Assert.True(await terminating.SoonAsync());
        server.Exit(11, 137);
        server.Closed(12);
        Assert.Equal(10, (await process.AllAsync()).Count);
    }

    [Fact]
    public async Task A_disposed_process_holds_up_nobody()
    {
        var (server, client) = await ScriptedServer.OpenAsync(s_small);
        await using var session = client;
        var process = await server.StartAsync(client);
        for (var seq = 1; seq <= 10; seq++)
        {
            server.Output((ulong)seq, s_text);
        }

        await process.DisposeAsync();
        await server.HearAsync("process/terminate");
        var other = await server.StartAsync(client);
        server.Exit(1, 0, "p-2");

        Assert.Equal(0, await other.ExitCode.SoonAsync());
    }

    [Fact]
    public async Task A_client_whose_output_nobody_took_can_be_disposed()
    {
        var (server, client) = await ScriptedServer.OpenAsync(s_small);
        await server.StartAsync(client);
        for (var seq = 1; seq <= 10; seq++)
        {
            server.Output((ulong)seq, s_text);
        }

        await client.DisposeAsync().AsTask().SoonAsync();
        Assert.True(server.IsDisposed);
    }

    [Fact]
    public async Task The_gate_is_shut_at_the_soft_bound_and_with_an_urgent_answer_awaited_at_the_hard_one()
    {
        var gate = new ReadGate(softBytes: 100);
        var inbox = new ProcessInbox("p", gate);
        inbox.Accept(Chunk(1, 20));
        Assert.True(gate.WaitAsync(inbox, CancellationToken.None).AsTask().IsCompleted);

        inbox.Accept(Chunk(2, 20));
        var waiting = gate.WaitAsync(inbox, CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);

        gate.BeginUrgent();
        await waiting.SoonAsync();
        inbox.Accept(Chunk(3, 1600));
        var waitingLonger = gate.WaitAsync(inbox, CancellationToken.None).AsTask();
        Assert.False(waitingLonger.IsCompleted);

        inbox.Discard();
        await waitingLonger.SoonAsync();
        Assert.Equal(0, inbox.QueuedBytes);
    }

    private static ProcessEvent Chunk(ulong sequence, int length) => new(sequence, new OutputChunk(sequence, OutputKind.Stdout, new byte[length]), null);
}
