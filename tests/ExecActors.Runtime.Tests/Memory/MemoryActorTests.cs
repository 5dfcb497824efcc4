using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Runtime.Memory;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Memory;

/// <summary>When memory is given back, in virtual time.</summary>
public sealed class MemoryActorTests : RuntimeTest
{
    private const long MiB = 1024 * 1024;

    private readonly FakeMemory _memory = new();
    private readonly IActorRef _actor;

    public MemoryActorTests() => _actor = Sys.ActorOf(MemoryActor.Props(Settings.Memory, _memory, Lines), "memory");

    [Fact]
    public async Task What_a_load_left_is_collected_in_a_quiet_moment_and_at_rest_nothing_is_done()
    {
        await RestAsync();
        await UseAsync();
        _memory.Allocate(100 * MiB, dropped: 100 * MiB);
        await LookAsync();
        Assert.Equal(1, _memory.Collections); // it was much, so it was not waited for a quiet moment

        await LookAsync();
        var looks = _memory.Looks;
        Clock.Advance(TimeSpan.FromHours(1));
        await IdentityAsync(_actor);
        Assert.Equal((1, looks), (_memory.Collections, _memory.Looks));
    }

    [Fact]
    public async Task Garbage_that_nobody_counted_is_collected_when_it_is_quiet()
    {
        await RestAsync();
        await UseAsync();
        _memory.Allocate(20 * MiB, dropped: 0);
        await LookAsync();
        Assert.Equal(0, _memory.Collections); // others may be at work
        await LookAsync();
        Assert.Equal(1, _memory.Collections);
    }

    [Fact]
    public async Task Buffers_that_were_given_back_a_moment_ago_are_let_go_before_the_one_collection()
    {
        await RestAsync();
        await UseAsync();
        _memory.Allocate(20 * MiB, dropped: 0);
        await LookAsync();
        _memory.IdleBytes = 20 * MiB;
        await LookAsync();
        Assert.Equal(0, _memory.Collections);
        _memory.IdleBytes = 0;
        await LookAsync();
        Assert.Equal(1, _memory.Collections);
    }

    [Fact]
    public async Task Two_collections_are_apart()
    {
        await RestAsync();
        await UseAsync();
        _memory.Allocate(100 * MiB, dropped: 100 * MiB);
        await LookAsync();
        _memory.Allocate(100 * MiB, dropped: 100 * MiB);
        await LookAsync();
        Assert.Equal(1, _memory.Collections);
        await LookAsync();
        Assert.Equal(2, _memory.Collections);
    }

    [Fact]
    public async Task Little_is_left_to_the_runtime()
    {
        await RestAsync();
        await UseAsync();
        _memory.Allocate(7 * MiB, dropped: 0);
        for (var look = 0; look < 5; look++)
        {
            await LookAsync();
        }

        Assert.Equal(0, _memory.Collections);
    }

    [Fact]
    public async Task What_an_ended_load_had_in_use_at_the_last_collection_is_collected_too()
    {
        await RestAsync();
        await UseAsync();
        _memory.Allocate(100 * MiB, dropped: 100 * MiB);
        _memory.InUse += 100 * MiB;
        await LookAsync();
        await LookAsync();
        await LookAsync();
        Assert.Equal(1, _memory.Collections);

        _memory.Release(100 * MiB);
        _actor.Tell(MemoryProtocol.LoadEnded.Instance);
        await LookAsync();
        Assert.Equal(2, _memory.Collections);
    }

    private async Task RestAsync()
    {
        while (!_memory.IsWatched)
        {
            await LookAsync();
        }
    }

    private async Task UseAsync()
    {
        _memory.Use();
        await IdentityAsync(_actor);
    }

    private async Task LookAsync()
    {
        await IdentityAsync(_actor);
        Clock.Advance(Settings.Memory.LookInterval);
        await IdentityAsync(_actor);
    }

    private sealed class FakeMemory : IProgramMemory
    {
        private Action? _onUse;
        private long _garbage;

        public long InUse { get; set; } = 50 * MiB;

        public int Looks { get; private set; }

        public int Collections { get; private set; }

        public bool IsWatched => _onUse is not null;

        public long AllocatedBytes { get; private set; }

        public long ResidentBytes => InUse + _garbage;

        public long IdleBytes { get; set; }

        public long DroppedBytes { get; private set; }

        public void Allocate(long bytes, long dropped)
        {
            AllocatedBytes += bytes;
            DroppedBytes += dropped;
            _garbage += bytes;
        }

        public void Release(long bytes)
        {
            InUse -= bytes;
            _garbage += bytes;
        }

        public void Use()
        {
            var told = _onUse;
            _onUse = null;
            told?.Invoke();
        }

        public void Trim() => Looks++;

        public void Collect()
        {
            Collections++;
            _garbage = 0;
        }

        public void OnUse(Action action) => _onUse = action;
    }
}
