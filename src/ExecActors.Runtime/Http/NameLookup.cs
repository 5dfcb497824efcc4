using System.Net;

namespace ExecActors.Runtime.Http;

/// <summary>Finds the addresses of names for one connection's requests, on threads that may block.</summary>
/// <remarks>
/// The system's resolver can only block, for many seconds when its servers are gone. So that this holds up nobody else, lookups run on the
/// blocking-names dispatcher, a few at a time for each connection; the rest wait in order. Safe for any thread.
/// </remarks>
/// <param name="schedule">Runs work on a thread that may block.</param>
internal sealed class NameLookup(Action<Action> schedule)
{
    /// <summary>Lookups of one connection that run at once.</summary>
    public const int AtOnce = 4;

    private static readonly HttpRequestOptionsKey<NameLookup> s_key = new("execactors.name-lookup");

    private readonly SemaphoreSlim _places = new(AtOnce);

    /// <summary>Has a message's connection find its addresses here.</summary>
    public void AttachTo(HttpRequestMessage message) => message.Options.Set(s_key, this);

    /// <summary>Finds the addresses of a host for the connection that a message needs.</summary>
    public static Task<IPAddress[]> FindAsync(HttpRequestMessage message, string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return Task.FromResult<IPAddress[]>([address]);
        }

        // A tunnel through a proxy is asked for by a message of the handler's own.
        return message.Options.TryGetValue(s_key, out var lookup)
            ? lookup.FindAsync(host, cancellationToken)
            : Dns.GetHostAddressesAsync(host, cancellationToken);
    }

    private async Task<IPAddress[]> FindAsync(string host, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        var found = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        schedule(() => Run(host, found, cancellationToken));
        return await found.Task.WaitAsync(cancellationToken);
    }

    // The place is given back when the call is over, not when nobody wants its result any more.
    private void Run(string host, TaskCompletionSource<IPAddress[]> found, CancellationToken cancellationToken)
    {
        try
        {
            found.TrySetResult(cancellationToken.IsCancellationRequested ? [] : Dns.GetHostAddresses(host));
        }
        catch (Exception e)
        {
            found.TrySetException(e);
        }
        finally
        {
            _places.Release();
        }
    }
}
