using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Tests.Connections;

/// <summary>What one principal may take of the server's memory is the same for one connection and for many.</summary>
public sealed class MemorySharesTests
{
    private static readonly Principal _one = Principal.Named("one");
    private static readonly Principal _other = Principal.Named("other");
    private readonly ExecServerSettings _settings = ExecServerSettings.From(ExecServerSettings.BuiltIn);
    private readonly MessageRoom _room;
    private readonly MemoryShares _shares;

    public MemorySharesTests()
    {
        _room = new MessageRoom(_settings.Memory.MessageBytes);
        _shares = new MemoryShares(_settings, _room);
    }

    [Fact]
    public void Many_connections_of_a_principal_have_one_share_and_leave_others_theirs()
    {
        var first = _shares.Enter(_one);
        for (var connection = 0; connection < 50; connection++)
        {
            Assert.Same(first, _shares.Enter(_one));
        }

        Assert.True(first.Answers.TryTake(_settings.Memory.AnswerBytesPerPrincipal));
        Assert.False(first.Answers.TryTake(1));
        Assert.True(first.Messages.TryTake(_settings.Memory.MessageBytesPerPrincipal));
        Assert.False(first.Messages.TryTake(1));

        var other = _shares.Enter(_other);
        Assert.True(other.Answers.TryTake(_settings.Memory.AnswerBytes - _settings.Memory.AnswerBytesPerPrincipal));
        Assert.False(other.Answers.TryTake(1)); // all that the server has
        Assert.True(other.Messages.TryTake(_settings.Memory.MessageBytes - _settings.Memory.MessageBytesPerPrincipal));
        Assert.False(other.Messages.TryTake(1));
    }

    [Fact]
    public void What_a_principal_leaves_behind_counts_when_it_comes_again()
    {
        var share = _shares.Enter(_one);
        Assert.True(share.Messages.TryTake(1));
        _shares.Leave(_one);
        Assert.Same(share, _shares.Enter(_one));

        share.Messages.GiveBack(1);
        _shares.Enter(_one);
        _shares.Leave(_one);
        Assert.Equal(1, _shares.Count);
        _shares.Leave(_one);
        Assert.Equal(0, _shares.Count);
    }

    [Fact]
    public void A_share_is_forgotten_when_what_was_left_behind_is_used_up()
    {
        var share = _shares.Enter(_one);
        Assert.True(share.Answers.TryTake(1));
        _shares.Leave(_one);
        Assert.Equal(1, _shares.Count);

        share.Answers.GiveBack(1);
        _shares.Enter(_other);
        _shares.Leave(_other);
        Assert.Equal(0, _shares.Count);
    }

    [Fact]
    public void The_longest_message_fits_into_any_share()
    {
        var small = _settings with { Memory = _settings.Memory with { MessageBytesPerPrincipal = 1 << 20 } };
        var share = new MemoryShares(small, _room).Enter(_one);
        Assert.True(share.Messages.TryTake(small.Limits.MessageBytes));
    }
}
