using System.Net;

using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Support;

/// <summary>A web server without a socket: it answers every request with its path, once the test lets it.</summary>
internal sealed class FakeUpstream : HttpMessageHandler
{
    private readonly TaskCompletionSource _gaveUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _gate = Open();

    /// <summary>Done when the first request came.</summary>
    public Task Received => _received.Task.SoonAsync();

    /// <summary>Done when a request was given up by its sender.</summary>
    public Task GaveUp => _gaveUp.Task.SoonAsync();

    /// <summary>What every request is answered with; its path when null.</summary>
    public string? Body { get; set; }

    /// <summary>Holds back answers.</summary>
    public void Hold() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets them go.</summary>
    public void LetGo() => _gate.SetResult();

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _received.TrySetResult();
        try
        {
            await _gate.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _gaveUp.TrySetResult();
            throw;
        }

        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(Body ?? request.RequestUri!.AbsolutePath) };
    }

    private static TaskCompletionSource Open()
    {
        var gate = new TaskCompletionSource();
        gate.SetResult();
        return gate;
    }
}
