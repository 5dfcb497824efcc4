using System.Net;
using System.Threading.Channels;

using ExecActors.Runtime.Http;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>Lookups on threads that may block, a few at a time.</summary>
public sealed class NameLookupTests : IDisposable
{
    private readonly Channel<Action> _scheduled = Channel.CreateUnbounded<Action>();
    private readonly HttpRequestMessage _message = new();

    public NameLookupTests() => new NameLookup(work => _scheduled.Writer.TryWrite(work)).AttachTo(_message);

    [Fact]
    public async Task A_name_is_looked_up_where_calls_may_block()
    {
        var found = NameLookup.FindAsync(_message, "localhost", CancellationToken.None);
        Assert.False(found.IsCompleted);
        await RunNextAsync();

        Assert.Contains(await found.SoonAsync(), IPAddress.IsLoopback);
    }

    [Fact]
    public async Task An_address_needs_no_lookup()
    {
        Assert.Equal([IPAddress.IPv6Loopback], await NameLookup.FindAsync(_message, "::1", CancellationToken.None));
        Assert.Equal(0, _scheduled.Reader.Count);
    }

    [Fact]
    public async Task Four_run_at_once_and_a_place_is_free_when_the_call_is_over()
    {
        using var stop = new CancellationTokenSource();
        var first = Enumerable.Range(0, 4).Select(_ => NameLookup.FindAsync(_message, "localhost", stop.Token)).ToList();
        var fifth = NameLookup.FindAsync(_message, "localhost", CancellationToken.None);
        Assert.Equal(4, _scheduled.Reader.Count);

        // Nobody waits for them any more, but their threads are still in the resolver.
        await stop.CancelAsync();
        foreach (var lookup in first)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lookup);
        }

        Assert.Equal(4, _scheduled.Reader.Count);
        for (var i = 0; i < 5; i++)
        {
            await RunNextAsync();
        }

        Assert.NotEmpty(await fifth.SoonAsync());
    }

    [Fact]
    public async Task A_failure_is_the_lookups()
    {
        var found = NameLookup.FindAsync(_message, new string('a', 64) + ".invalid", CancellationToken.None);
        await RunNextAsync();

        await Assert.ThrowsAnyAsync<System.Net.Sockets.SocketException>(() => found);
    }

    private async Task RunNextAsync() => (await _scheduled.Reader.ReadAsync().AsTask().SoonAsync())();

    public void Dispose() => _message.Dispose();
}
