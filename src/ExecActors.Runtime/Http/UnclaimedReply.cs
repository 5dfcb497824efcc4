namespace ExecActors.Runtime.Http;

/// <summary>A reply on its way to an actor that may stop meanwhile: whoever comes second cleans up.</summary>
internal sealed class UnclaimedReply
{
    private HttpReply? _reply;

    /// <summary>Disposes the reply when the token is cancelled before somebody claimed it.</summary>
    public UnclaimedReply(HttpReply reply, CancellationToken givenUp)
    {
        _reply = reply;
        givenUp.UnsafeRegister(static state => ((UnclaimedReply)state!).Claim()?.Dispose(), this);
    }

    /// <summary>The reply, owned by the caller from now on; null when it was given up or claimed before.</summary>
    public HttpReply? Claim() => Interlocked.Exchange(ref _reply, null);
}
