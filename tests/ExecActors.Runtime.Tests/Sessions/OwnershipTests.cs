using System.Net;

using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Sessions;

public sealed class OwnershipTests : RuntimeTest
{
    private static readonly byte[] _digest = new byte[32];
    private static readonly byte[] _otherDigest = [.. Enumerable.Repeat((byte)1, 32)];

    public static TheoryData<Principal, Principal> Strangers => new()
    {
        { Principal.Subject("i", "a"), Principal.Subject("i", "b") },
        { Principal.Subject("i", "a"), Principal.Subject("j", "a") },
        { Principal.Subject("i", "a"), Principal.Subject("i", subject: null) },
        { Principal.Subject("i", "a"), Principal.Subject("ia", "") },
        { Principal.Subject(issuer: null, "a"), Principal.Subject("", "a") },
        { Principal.Subject(issuer: null, subject: null), Principal.Anyone(address: null) },
        { Principal.Token(_digest, IPAddress.Loopback), Principal.Token(_otherDigest, IPAddress.Loopback) },
        { Principal.Token(_digest, IPAddress.Loopback), Principal.Anyone(IPAddress.Loopback) },
        { Principal.Anyone(IPAddress.Loopback), Principal.Token(_digest, IPAddress.Loopback) },
        { Principal.Named("anyone"), Principal.Anyone(address: null) },
        { Principal.Named("a"), Principal.Named("A") },
        { Principal.Stdio, Principal.Anyone(address: null) },
    };

    public static TheoryData<Principal, Principal> Same => new()
    {
        { Principal.Subject("i", "a"), Principal.Subject("i", "a") },
        { Principal.Subject("i", subject: null), Principal.Subject("i", subject: null) },
        { Principal.Token(_digest, IPAddress.Loopback), Principal.Token(_digest, IPAddress.Parse("192.0.2.7")) },
        { Principal.Anyone(IPAddress.Loopback), Principal.Anyone(IPAddress.Parse("192.0.2.7")) },
        { Principal.Named("a"), Principal.Named("a") },
    };

    [Theory]
    [MemberData(nameof(Strangers), DisableDiscoveryEnumeration = true)]
    public async Task Somebody_elses_session_is_answered_as_an_unknown_one(Principal owner, Principal stranger)
    {
        var client = await Of(owner).AttachAsync();
        var unknown = await Of(stranger).RefusedAsync(resume: Guid.Empty.ToString("D"));
        var expected = unknown with { Message = unknown.Message.Replace(Guid.Empty.ToString("D"), client.SessionId, StringComparison.Ordinal) };

        Assert.Equal(expected, await Of(stranger).RefusedAsync(resume: client.SessionId));
        Assert.Equal(expected, await Of(stranger).RefusedAsync(resume: client.SessionId, takeover: true));
        client.Leave();
        Assert.Equal(expected, await Of(stranger).RefusedAsync(resume: client.SessionId));
        await Of(owner).AttachAsync(resume: client.SessionId);
    }

    [Theory]
    [MemberData(nameof(Same), DisableDiscoveryEnumeration = true)]
    public async Task The_owner_finds_the_session_again_from_another_connection(Principal owner, Principal again)
    {
        var client = await Of(owner).AttachAsync();

        var newcomer = await Of(again).AttachAsync(resume: client.SessionId, takeover: true);

        Assert.Equal(client.SessionId, newcomer.SessionId);
    }

    [Fact]
    public async Task A_strangers_attempt_leaves_the_retention_alone()
    {
        var client = await Of(Principal.Subject("i", "a")).AttachAsync();
        client.Leave();
        await SettledAsync(client);
        Clock.Advance(Settings.Session.Retention - TimeSpan.FromMilliseconds(1));
        await Of(Principal.Subject("i", "b")).RefusedAsync(resume: client.SessionId, takeover: true);
        Clock.Advance(TimeSpan.FromMilliseconds(1));

        await Of(Principal.Subject("i", "a")).RefusedAsync(resume: client.SessionId);
    }

    [Theory]
    [InlineData("192.0.2.7", "::ffff:192.0.2.7", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    [InlineData("fe80::1%2", "fe80::2%3", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("::1", "::2", false)]
    public void An_address_is_one_peer_however_it_is_written_and_an_IPv6_network_too(string one, string other, bool same) =>
        Assert.Equal(same, string.Equals(Principal.Anyone(IPAddress.Parse(one)).Share, Principal.Anyone(IPAddress.Parse(other)).Share, StringComparison.Ordinal));

    private TestClient Of(Principal principal) => new(Registry, CreateTestProbe(), Settings.Limits) { Principal = principal };
}
