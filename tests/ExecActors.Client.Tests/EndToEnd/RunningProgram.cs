using System.Text;
using ExecActors.Platform;
using ExecActors.Testing;

namespace ExecActors.Client.Tests.EndToEnd;

/// <summary>The binary as a caller sees it: a process with three streams. It leads a group and session of its own, in which nothing else is.</summary>
internal sealed class RunningProgram : IChildObserver, IDisposable
{
    private const int Unlimited = 1024 * 1024 * 1024;

    private readonly IChildProcess _process;
    private readonly Output _stdout = new();
    private readonly Output _stderr = new();
    private readonly TaskCompletionSource<ExitStatus> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningProgram(IChildProcess process, bool readsOutput)
    {
        _process = process;
        process.Begin(this);
        process.GrantRead(OutputStreamKind.Terminal, Unlimited);
        process.GrantRead(OutputStreamKind.Stderr, Unlimited);
        if (readsOutput)
        {
            process.GrantRead(OutputStreamKind.Stdout, Unlimited);
        }
    }

    public int Pid => _process.Pid;

    public byte[] StdoutBytes => _stdout.Bytes;

    /// <summary>Standard output, or all output of a terminal.</summary>
    public string Stdout => Encoding.UTF8.GetString(_stdout.Bytes);

    public string Stderr => Encoding.UTF8.GetString(_stderr.Bytes);

    /// <summary>Starts it.</summary>
    /// <param name="host">Who starts it.</param>
    /// <param name="argv">The program and its arguments.</param>
    /// <param name="environment">Laid over ours.</param>
    /// <param name="io">How its streams are made.</param>
    /// <param name="readsOutput">False to leave standard output unread.</param>
    public static RunningProgram Start(
        IProcessHost host, IReadOnlyList<string> argv, IReadOnlyDictionary<string, string>? environment = null, ProcessIo io = ProcessIo.PipesWithStdin, bool readsOutput = true)
    {
        var variables = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "");
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            variables[name] = value;
        }

        return new RunningProgram(
            host.Start(new ProcessSpec
            {
                Argv = argv,
                Cwd = Encoding.UTF8.GetBytes(Directory.GetCurrentDirectory()),
                Environment = variables,
                Io = io,
            }),
            readsOutput);
    }

    /// <summary>The exit code, once it has ended: 128+n when it was ended by signal n.</summary>
    public async Task<int> EndAsync() => (await _exited.Task.WaitAsync(TestTimeouts.Bulk)).Code;

    /// <summary>Ends its standard input and waits for its end.</summary>
    public Task<int> FinishAsync()
    {
        CloseInput();
        return EndAsync();
    }

    /// <summary>Completes once standard output holds a text, and gives all of it so far.</summary>
    public Task<string> StdoutHasAsync(string text) => _stdout.HasAsync(text).SoonAsync();

    /// <summary>Completes once standard error holds a text.</summary>
    public Task<string> StderrHasAsync(string text) => _stderr.HasAsync(text).SoonAsync();

    /// <summary>The first line of standard output, once it is there.</summary>
    public async Task<string> FirstLineAsync() => (await StdoutHasAsync("\n")).Split('\n')[0];

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            var room = _room;
            var taken = _process.TryWrite(bytes.Span);
            Assert.True(taken >= 0, "the program does not read its standard input any more");
            bytes = bytes[taken..];
            if (bytes.IsEmpty)
            {
                return;
            }

            await room.Task.SoonAsync();
        }
    }

    public Task WriteAsync(string text) => WriteAsync(Encoding.UTF8.GetBytes(text));

    public void CloseInput() => _process.CloseStdin();

    /// <summary>Begins to read standard output after all.</summary>
    public void ReadOutput() => _process.GrantRead(OutputStreamKind.Stdout, Unlimited);

    /// <summary>As if the programs that read its output were gone.</summary>
    public void StopReading() => _process.AbandonOutput();

    public void Signal(int signal) => Assert.True(_process.SignalGroup(signal));

    public void Dispose() => _process.Release();

    void IChildObserver.OnOutput(OutputStreamKind stream, ByteLease bytes)
    {
        using (bytes)
        {
            (stream == OutputStreamKind.Stderr ? _stderr : _stdout).Add(bytes.Span);
        }
    }

    void IChildObserver.OnOutputEnded(OutputStreamKind stream)
    {
        // what counts is the exit
    }

    void IChildObserver.OnStdinReady() =>
        Interlocked.Exchange(ref _room, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    void IChildObserver.OnExited(ExitStatus status) => _exited.TrySetResult(status);

    private sealed class Output
    {
        private readonly List<byte> _bytes = [];
        private readonly List<(string Text, TaskCompletionSource<string> Found)> _wanted = [];

        public byte[] Bytes
        {
            get
            {
                lock (_bytes)
                {
                    return _bytes.ToArray();
                }
            }
        }

        public void Add(ReadOnlySpan<byte> bytes)
        {
            lock (_bytes)
            {
                _bytes.AddRange(bytes);
                Look();
            }
        }

        public Task<string> HasAsync(string text)
        {
            var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_bytes)
            {
                _wanted.Add((text, found));
                Look();
            }

            return found.Task;
        }

        private void Look()
        {
            if (_wanted.Count > 0)
            {
                var all = Encoding.UTF8.GetString(_bytes.ToArray());
                _wanted.FindAll(wanted => all.Contains(wanted.Text, StringComparison.Ordinal)).ForEach(wanted => wanted.Found.TrySetResult(all));
            }
        }
    }
}
