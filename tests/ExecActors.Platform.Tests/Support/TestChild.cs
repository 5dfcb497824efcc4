using System.Text;
using System.Threading.Channels;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests;

/// <summary>The callbacks of an observer.</summary>
internal enum ChildEventKind
{
    Output,
    Ended,
    StdinReady,
    Exited,
}

/// <summary>What a child's observer was told.</summary>
internal sealed record ChildEvent(ChildEventKind What, OutputStreamKind? Stream = null);

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

    /// <summary>Whether output is kept; otherwise it is dropped unseen and gives its credit back.</summary>
    public bool KeepsOutput { get; set; } = true;

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
        OutputStreamKind[] streams = spec.Io == ProcessIo.Terminal ? [OutputStreamKind.Terminal] : [OutputStreamKind.Stdout, OutputStreamKind.Stderr];
        var child = Begin(host.Start(spec), streams.Length);
        Array.ForEach(streams, stream => child.Process.GrantRead(stream, credit));
        return child;
    }

    /// <summary>Watches a process that was started, and grants nothing.</summary>
    public static TestChild Begin(IChildProcess process, int outputs = 2)
    {
        var child = new TestChild(process, outputs);
        process.Begin(child);
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

    /// <summary>How many bytes have come from a stream so far.</summary>
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
    public async Task NextAsync(ChildEventKind what)
    {
        using var timeout = new CancellationTokenSource(TestTimeouts.Default);
        while ((await _news.Reader.ReadAsync(timeout.Token)).What != what)
        {
        }
    }

    public void Write(string text) => Assert.Equal(Encoding.UTF8.GetByteCount(text), Process.TryWrite(Encoding.UTF8.GetBytes(text)));

    public void Dispose() => Process.Release();

    void IChildObserver.OnOutput(OutputStreamKind stream, ByteLease bytes)
    {
        if (!KeepsOutput)
        {
            Process.GrantRead(stream, bytes.Length);
            bytes.Dispose();
            return;
        }

        lock (_events)
        {
            if (!_bytes.TryGetValue(stream, out var all))
            {
                _bytes[stream] = all = new MemoryStream();
            }

            all.Write(bytes.Span);
        }

        Tell(new ChildEvent(ChildEventKind.Output, stream));
        bytes.Dispose();
    }

    void IChildObserver.OnOutputEnded(OutputStreamKind stream)
    {
        Tell(new ChildEvent(ChildEventKind.Ended, stream));
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _allEnded.SetResult();
        }
    }

    void IChildObserver.OnStdinReady() => Tell(new ChildEvent(ChildEventKind.StdinReady));

    void IChildObserver.OnExited(ExitStatus status)
    {
        Tell(new ChildEvent(ChildEventKind.Exited));
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
