using System.Text;
using System.Threading.Channels;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests;

/// <summary>What a child's observer was told.</summary>
internal sealed record ChildEvent(string What, OutputStreamKind? Stream = null, int Bytes = 0)
{
    public const string Output = "output";
    public const string Ended = "ended";
    public const string StdinReady = "stdin ready";
    public const string Exited = "exited";
}

/// <summary>A started child with an observer that keeps everything. Disposing releases it.</summary>
internal sealed class TestChild : IChildObserver, IDisposable
{
    /// <summary>More than any test's output.</summary>
    public const int Unlimited = 1024 * 1024 * 1024;

    private readonly Dictionary<OutputStreamKind, MemoryStream> _bytes = [];
    private readonly List<ChildEvent> _events = [];
    private readonly Channel<ChildEvent> _news = Channel.CreateUnbounded<ChildEvent>();
    private readonly TaskCompletionSource<ExitStatus> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;

    private TestChild(IChildProcess process, int outputs)
    {
        Process = process;
        _open = outputs;
    }

    public IChildProcess Process { get; }

    /// <summary>How the leader ended.</summary>
    public Task<ExitStatus> Exited => _exited.Task.SoonAsync();

    /// <summary>Completes when all streams have ended.</summary>
    public Task AllEnded => _allEnded.Task.SoonAsync();

    public string Stdout => Text(OutputStreamKind.Stdout);

    public string Stderr => Text(OutputStreamKind.Stderr);

    public string Terminal => Text(OutputStreamKind.Terminal);

    /// <summary>Everything told so far, in order.</summary>
    public IReadOnlyList<ChildEvent> Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Starts, watches and grants credit to every stream.</summary>
    public static TestChild Start(IProcessHost host, ProcessSpec spec, int credit = Unlimited)
    {
        var terminal = spec.Io == ProcessIo.Terminal;
        var child = new TestChild(host.Start(spec), terminal ? 1 : 2);
        child.Process.Begin(child);
        OutputStreamKind[] streams = terminal ? [OutputStreamKind.Terminal] : [OutputStreamKind.Stdout, OutputStreamKind.Stderr];
        Array.ForEach(streams, stream => child.Process.GrantRead(stream, credit));
        return child;
    }

    /// <summary>Runs to the end of the process and of its streams.</summary>
    public static async Task<TestChild> RunAsync(IProcessHost host, ProcessSpec spec)
    {
        using var child = Start(host, spec);
        await child.Exited;
        await child.AllEnded;
        return child;
    }

    /// <summary>What has come from a stream so far.</summary>
    public byte[] Bytes(OutputStreamKind stream)
    {
        lock (_events)
        {
            return _bytes.GetValueOrDefault(stream)?.ToArray() ?? [];
        }
    }

    public int Received(OutputStreamKind stream)
    {
        lock (_events)
        {
            return (int)(_bytes.GetValueOrDefault(stream)?.Length ?? 0);
        }
    }

    /// <summary>Completes when the condition holds; looked at after each event. One waiter at a time.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(TestTimeouts.Default);
        while (!condition())
        {
            await _news.Reader.ReadAsync(timeout.Token);
        }
    }

    /// <summary>Completes at the next event of that sort, those already there included.</summary>
    public async Task NextAsync(string what)
    {
        using var timeout = new CancellationTokenSource(TestTimeouts.Default);
        while (!string.Equals((await _news.Reader.ReadAsync(timeout.Token)).What, what, StringComparison.Ordinal))
        {
        }
    }

    public void Write(string text) => Assert.Equal(Encoding.UTF8.GetByteCount(text), Process.TryWrite(Encoding.UTF8.GetBytes(text)));

    public void Dispose() => Process.Release();

    void IChildObserver.OnOutput(OutputStreamKind stream, ByteLease bytes)
    {
        lock (_events)
        {
            if (!_bytes.TryGetValue(stream, out var all))
            {
                _bytes[stream] = all = new MemoryStream();
            }

            all.Write(bytes.Span);
        }

        Tell(new ChildEvent(ChildEvent.Output, stream, bytes.Length));
        bytes.Dispose();
    }

    void IChildObserver.OnOutputEnded(OutputStreamKind stream)
    {
        Tell(new ChildEvent(ChildEvent.Ended, stream));
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _allEnded.SetResult();
        }
    }

    void IChildObserver.OnStdinReady() => Tell(new ChildEvent(ChildEvent.StdinReady));

    void IChildObserver.OnExited(ExitStatus status)
    {
        Tell(new ChildEvent(ChildEvent.Exited));
        _exited.SetResult(status);
    }

    private void Tell(ChildEvent told)
    {
        lock (_events)
        {
            _events.Add(told);
        }

        _news.Writer.TryWrite(told);
    }

    private string Text(OutputStreamKind stream) => Encoding.UTF8.GetString(Bytes(stream));
}
