using Newtonsoft.Json;

namespace ExecActors.Client.Connections;

/// <summary>A request that has not been answered. Whoever takes it out of the table settles it.</summary>
/// <param name="what">What was asked, for errors: the method, and of which process.</param>
/// <param name="isUrgent">Whether the connection is read for the sake of its answer although a process's output is full.</param>
internal abstract class PendingRequest(string what, bool isUrgent)
{
    /// <summary>What was asked.</summary>
    public string What => what;

    /// <summary>Whether its answer may not wait for the consumers of output.</summary>
    public bool IsUrgent => isUrgent;

    /// <summary>Settles it with the result slice of the answer.</summary>
    public abstract void Complete(ReadOnlyMemory<byte> result);

    /// <summary>Settles it with a failure.</summary>
    public abstract void Fail(Exception failure);
}

/// <summary>A request whose result is read as <typeparamref name="T"/>.</summary>
internal sealed class PendingRequest<T>(string what, bool isUrgent, Func<ReadOnlyMemory<byte>, T?> read) : PendingRequest(what, isUrgent)
    where T : class
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the request is settled.</summary>
#pragma warning disable VSTHRD003 // completed by the connection's reader, which waits for nobody
    public Task<T> Answer => _answer.Task;
#pragma warning restore VSTHRD003

    /// <inheritdoc/>
    public override void Complete(ReadOnlyMemory<byte> result)
    {
        try
        {
            if (read(result) is { } value)
            {
                _answer.TrySetResult(value);
                return;
            }

            Fail(new ExecConnectionException(What, "the server answered null"));
        }
        catch (JsonException e)
        {
            Fail(new ExecConnectionException(What, $"the server's answer is not of the protocol's shape: {e.Message}", e));
        }
    }

    /// <inheritdoc/>
    public override void Fail(Exception failure) => _answer.TrySetException(failure);
}
