namespace ExecActors.Runtime.Tests;

public sealed class StrangersTests
{
    private readonly HashSet<string> _busy = [];
    private readonly Strangers<string> _strangers;

    public StrangersTests() => _strangers = new Strangers<string>(limit: 4, limitOfShare: 2, peer => !_busy.Contains(peer));

    [Fact]
    public void There_is_room_up_to_the_limit_and_then_the_oldest_goes()
    {
        Assert.Null(_strangers.Add("a", "1"));
        Assert.Null(_strangers.Add("b", "2"));
        Assert.Null(_strangers.Add("c", "3"));
        Assert.Null(_strangers.Add("d", "4"));
        Assert.Equal("a", _strangers.Add("e", "5"));
        Assert.Equal("b", _strangers.Add("f", "6"));
        Assert.Equal(4, _strangers.Count);
    }

    [Fact]
    public void A_full_share_loses_its_own_oldest()
    {
        _strangers.Add("a", "1");
        _strangers.Add("b", "2");
        _strangers.Add("c", "2");

        Assert.Equal("b", _strangers.Add("d", "2"));
        Assert.Equal("c", _strangers.Add("e", "2"));
        Assert.Equal(3, _strangers.Count);
    }

    [Fact]
    public void One_that_is_at_work_stays_and_the_next_goes()
    {
        _busy.Add("a");
        _strangers.Add("a", "1");
        _strangers.Add("b", "1");

        Assert.Equal("b", _strangers.Add("c", "1"));
        _busy.Clear();
        Assert.Equal("a", _strangers.Add("d", "1"));
    }

    [Fact]
    public void Where_all_are_at_work_there_is_one_too_many()
    {
        _busy.UnionWith(["a", "b", "c"]);
        _strangers.Add("a", "1");
        _strangers.Add("b", "1");

        Assert.Null(_strangers.Add("c", "1"));
        Assert.Equal(3, _strangers.Count);
    }

    [Fact]
    public void One_that_is_known_or_gone_frees_its_place_once()
    {
        _strangers.Add("a", "1");
        _strangers.Add("b", "1");
        _strangers.Remove("a");
        _strangers.Remove("a");

        Assert.Null(_strangers.Add("c", "1"));
        Assert.Equal("b", _strangers.Add("d", "1"));
    }
}
