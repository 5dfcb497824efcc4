using System.Collections.Concurrent;
using System.Threading.Channels;

using ExecActors.Platform;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Support;

/// <summary>A process host without processes: the test holds each child and drives what its actor observes.</summary>
internal sealed class FakeProcessHost : IProcessHost
{
    private readonly Channel<FakeChild> _children = Channel.CreateUnbounded<FakeChild>();
    private readonly ConcurrentQueue<FakeFamily> _families = new();
    private volatile Gate? _held;
    private volatile Exception? _failure;
    private int _starts;

    /// <summary>Calls of <see cref="Start"/> so far.</summary>
    public int Starts => Volatile.Read(ref _starts);

    /// <inheritdoc/>
    public IChildProcess Start(ProcessSpec spec)
    {
        var number = Interlocked.Increment(ref _starts);
        _held?.Pass();
        if (_failure is { } failure)
        {
            throw failure;
        }

        var child = new FakeChild(number, spec);
        _children.Writer.TryWrite(child);
        return child;
    }

    /// <inheritdoc/>
    public IProcessFamily NewFamily()
    {
        var family = new FakeFamily();
        _families.Enqueue(family);
        return family;
    }

    /// <summary>The families made so far, in order.</summary>
    public IReadOnlyList<FakeFamily> Families => [.. _families];

    /// <summary>The next child that was started.</summary>
    public Task<FakeChild> NextChildAsync() => _children.Reader.ReadAsync().AsTask().SoonAsync();

    /// <summary>From now on starts fail with this.</summary>
    public void FailWith(Exception? failure) => _failure = failure;

    /// <summary>From now on starts block, as on a dead mount, until the test opens the gate.</summary>
    public Gate Hold() => _held = new Gate();
}

/// <summary>A family without processes.</summary>
internal sealed class FakeFamily : IProcessFamily
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once it was ended.</summary>
    public Task EndedAsync() => _ended.Task.SoonAsync();

    /// <summary>Whether it was ended.</summary>
    public bool IsEnded => _ended.Task.IsCompleted;

    /// <inheritdoc/>
    public void EndAll() => _ended.TrySetResult();
}
