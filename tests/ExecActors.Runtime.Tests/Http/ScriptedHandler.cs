using System.Net;
using System.Threading.Channels;

using ExecActors.Platform;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>In the place of the sockets: the test answers each request when it wants to.</summary>
internal sealed class ScriptedHandler : HttpMessageHandler
{
    private readonly Channel<ScriptedExchange> _exchanges = Channel.CreateUnbounded<ScriptedExchange>();
    private readonly List<ScriptedExchange> _others = [];

    /// <summary>The next request.</summary>
    public Task<ScriptedExchange> NextAsync() => _exchanges.Reader.ReadAsync().AsTask().SoonAsync();

    /// <summary>The request for a path; those that come at once come in any order.</summary>
    public async Task<ScriptedExchange> NextAsync(string path)
    {
        while (true)
        {
            if (_others.Find(exchange => string.Equals(exchange.Path, path, StringComparison.Ordinal)) is { } found)
            {
                _others.Remove(found);
                return found;
            }

            _others.Add(await NextAsync());
        }
    }

    /// <summary>Whether a request came that was not taken.</summary>
    public bool HasMore => _others.Count > 0 || _exchanges.Reader.TryPeek(out _);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var exchange = new ScriptedExchange(request, cancellationToken);
        _exchanges.Writer.TryWrite(exchange);
        return await exchange.Response.WaitAsync(cancellationToken);
    }
}

/// <summary>A request that waits for its response.</summary>
internal sealed class ScriptedExchange
{
    private readonly TaskCompletionSource<HttpResponseMessage> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ScriptedExchange(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Path = request.RequestUri!.AbsolutePath;
        cancellationToken.Register(() => _givenUp.TrySetResult());
    }

    public string Path { get; }

    public Task<HttpResponseMessage> Response => _response.Task;

    /// <summary>Completes when the request is given up, also while its body is read.</summary>
    public Task GivenUpAsync() => _givenUp.Task.SoonAsync();

    /// <summary>The head of a response; its body is the test's.</summary>
    /// <param name="coding">Its content-encoding; null for none.</param>
    public ScriptedBody Respond(string? coding = null)
    {
        var body = new ScriptedBody();
        var content = new StreamContent(body);
        if (coding is not null)
        {
            content.Headers.TryAddWithoutValidation("content-encoding", coding);
        }

        _response.SetResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
        return body;
    }

    public void Fail(Exception error) => _response.SetException(error);
}

/// <summary>A body that comes as the test feeds it.</summary>
internal sealed class ScriptedBody : SequentialStream
{
    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>();
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadOnlyMemory<byte> _rest;
    private long _bytesRead;

    public override bool CanRead => true;

    public override bool CanWrite => false;

    /// <summary>Bytes that were read.</summary>
    public long BytesRead => Volatile.Read(ref _bytesRead);

    public void Feed(string latin1) => _pieces.Writer.TryWrite(System.Text.Encoding.Latin1.GetBytes(latin1));

    public void Feed(byte[] bytes) => _pieces.Writer.TryWrite(bytes);

    public void End() => _pieces.Writer.TryComplete();

    public void Break(Exception? error = null) => _pieces.Writer.TryComplete(error ?? new IOException("cut"));

    public Task DisposedAsync() => _disposed.Task.SoonAsync();

    public bool IsDisposed => _disposed.Task.IsCompleted;

    /// <summary>Completes once something of it was read.</summary>
    public Task BegunAsync() => _read.Task.SoonAsync();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty)
        {
            if (!await _pieces.Reader.WaitToReadAsync(cancellationToken))
            {
                return 0;
            }

            if (buffer.IsEmpty)
            {
                return 0; // there is something
            }

            if (_pieces.Reader.TryRead(out var piece))
            {
                _rest = piece;
            }
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        Interlocked.Add(ref _bytesRead, count);
        _read.TrySetResult();
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("nothing may block");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("a response body is only read; ask CanWrite first");

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        _disposed.TrySetResult();
        base.Dispose(disposing);
    }
}
