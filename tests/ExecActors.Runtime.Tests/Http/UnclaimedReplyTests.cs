using ExecActors.Runtime.Http;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>A reply on its way to an actor that may stop meanwhile.</summary>
public sealed class UnclaimedReplyTests
{
    [Fact]
    public async Task One_that_is_given_up_before_it_was_claimed_is_disposed()
    {
        await using var body = new ScriptedBody();
        using var stop = new CancellationTokenSource();
        var reply = new UnclaimedReply(NewReply(body), stop.Token);
        Assert.False(body.IsDisposed);
        await stop.CancelAsync();

        Assert.True(body.IsDisposed);
        Assert.Null(reply.Claim());
    }

    [Fact]
    public async Task One_that_comes_too_late_is_disposed()
    {
        await using var body = new ScriptedBody();
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        Assert.Null(new UnclaimedReply(NewReply(body), stop.Token).Claim());
        Assert.True(body.IsDisposed);
    }

    [Fact]
    public async Task One_that_was_claimed_is_left_to_its_owner()
    {
        await using var body = new ScriptedBody();
        using var stop = new CancellationTokenSource();
        var reply = new UnclaimedReply(NewReply(body), stop.Token);
        Assert.NotNull(reply.Claim());
        await stop.CancelAsync();

        Assert.False(body.IsDisposed);
        Assert.Null(reply.Claim());
    }

    private static HttpReply NewReply(ScriptedBody body) => new(new HttpResponseMessage { Content = new StreamContent(body) }, [], ContentCoding.None);
}
