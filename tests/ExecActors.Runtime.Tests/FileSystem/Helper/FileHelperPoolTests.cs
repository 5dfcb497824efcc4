using ExecActors.Runtime.FileSystem;
using ExecActors.Runtime.Tests.Support;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.FileSystem.Helper;

public sealed class FileHelperPoolTests : RuntimeTest
{
    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(30);
    private static readonly HelperUser _user = new(Principal.Stdio);
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void A_helper_given_back_serves_the_next_request_with_the_same_view()
    {
        using var pool = Pool();
        var first = Take(pool, "a");
        pool.GiveBack(first);

        Assert.Same(first, pool.Take("a", _user, NoStart));
        pool.GiveBack(first);
        Assert.NotSame(first, Take(pool, "b"));
        Assert.Equal(2, pool.Count);
    }

    [Fact]
    public void A_helper_ends_once_nobody_wanted_it_for_the_idle_time()
    {
        using var pool = Pool();
        var early = Take(pool, "a");
        var late = Take(pool, "b");
        pool.GiveBack(early);
        Clock.Advance(_idle - _tick);
        pool.GiveBack(late);
        Assert.False(early.IsDisposed);

        Clock.Advance(_tick);
        Assert.True(early.IsDisposed);
        Assert.False(late.IsDisposed);
        Assert.Equal(1, pool.Count);

        Clock.Advance(_idle - _tick - _tick);
        Assert.False(late.IsDisposed);
        Clock.Advance(_tick);
        Assert.True(late.IsDisposed);
        Assert.Equal(0, pool.Count);
    }

    [Fact]
    public void Use_puts_the_end_off()
    {
        using var pool = Pool();
        var helper = Take(pool, "a");
        for (var turn = 0; turn < 3; turn++)
        {
            pool.GiveBack(helper);
            Clock.Advance(_idle - _tick);
            Assert.Same(helper, pool.Take("a", _user, NoStart));
        }

        Clock.Advance(_idle); // busy ones have no time limit
        Assert.False(helper.IsDisposed);
        pool.GiveBack(helper);
        Clock.Advance(_idle);
        Assert.True(helper.IsDisposed);
    }

    [Fact]
    public void Without_an_idle_time_a_helper_serves_once()
    {
        using var pool = Pool(idle: TimeSpan.Zero);
        var helper = Take(pool, "a");
        pool.GiveBack(helper);

        Assert.True(helper.IsDisposed);
        Assert.Equal(0, pool.Count);
    }

    [Fact]
    public void A_helper_that_died_while_it_waited_is_not_handed_out()
    {
        using var pool = Pool();
        var dead = Take(pool, "a");
        pool.GiveBack(dead);
        dead.IsAlive = false;

        Assert.NotSame(dead, Take(pool, "a"));
        Assert.True(dead.IsDisposed);
        Assert.Equal(1, pool.Count);
    }

    [Fact]
    public void A_helper_let_go_ends_and_leaves_its_place()
    {
        using var pool = Pool(count: 1);
        var lost = Take(pool, "a");
        pool.LetGo(lost);

        Assert.True(lost.IsDisposed);
        Assert.Equal(0, pool.Count);
        Take(pool, "a");
    }

    [Fact]
    public void With_every_place_taken_the_longest_idle_one_makes_room()
    {
        using var pool = Pool(count: 2);
        var (one, two) = (Take(pool, "a"), Take(pool, "b"));
        pool.GiveBack(two);
        pool.GiveBack(one);

        Take(pool, "c");

        Assert.True(two.IsDisposed);
        Assert.False(one.IsDisposed);
        Assert.Equal(2, pool.Count);
    }

    [Fact]
    public void With_every_place_busy_a_request_is_refused_after_the_patience()
    {
        using var pool = Pool(count: 1, patience: TimeSpan.FromMilliseconds(5));
        Take(pool, "a");

        Assert.Equal(1, Assert.Throws<FileHelpersBusyException>(() => pool.Take("b", _user, NoStart)).Count);
        Assert.Throws<FileHelpersBusyException>(() => pool.Take("a", _user, NoStart));
    }

    [Fact]
    public async Task A_waiting_request_gets_the_place_that_becomes_free()
    {
        using var pool = Pool(count: 1, patience: TestTimeouts.Default);
        var busy = Take(pool, "a");
        var waiting = Task.Run(() => Take(pool, "b"));
        pool.GiveBack(busy);

        await waiting.SoonAsync();
        Assert.True(busy.IsDisposed);
    }

    [Fact]
    public async Task Requests_with_one_view_share_a_helper_that_is_quick_and_get_another_when_it_is_not()
    {
        using var pool = Pool(patience: TestTimeouts.Default);
        var busy = Take(pool, "a");
        var other = await Task.Run(() => Take(pool, "a")).SoonAsync();
        Assert.NotSame(busy, other);

        pool.GiveBack(other);
        Assert.Same(other, pool.Take("a", _user, NoStart));
    }

    [Fact]
    public void A_start_that_fails_leaves_its_place()
    {
        using var pool = Pool(count: 1);
        Assert.Throws<InvalidOperationException>(() => pool.Take("a", _user, () => throw new InvalidOperationException("no")));
        Assert.Equal(0, pool.Count);
        Take(pool, "a");
    }

    [Fact]
    public async Task The_end_of_the_server_ends_all_helpers_and_all_waiting()
    {
        var pool = Pool(count: 2, patience: TestTimeouts.Default);
        var (busy, idle) = (Take(pool, "a"), Take(pool, "b"));
        pool.GiveBack(idle);
        var refused = Take(pool, "c");
        var waiting = Task.Run(() => Assert.Throws<ObjectDisposedException>(() => pool.Take("d", _user, NoStart)));

        pool.Dispose();

        await waiting.SoonAsync();
        Assert.True(idle.IsDisposed);
        Assert.True(busy.IsAborted);
        pool.LetGo(busy);
        pool.GiveBack(refused);
        Assert.True(busy.IsDisposed);
        Assert.True(refused.IsDisposed);
        Assert.Equal(0, pool.Count);
    }

    [Fact]
    public void A_helper_that_does_not_come_back_is_set_aside_when_another_is_wanted()
    {
        using var pool = Pool(count: 1, slowAfter: TimeSpan.FromMilliseconds(10));
        var hung = Take(pool, "a");
        var other = Take(pool, "b");
        Assert.Equal((2, 2), (pool.Count, pool.BusyCount));
        Assert.False(hung.IsAborted);

        pool.GiveBack(hung); // it comes back after all, and there is no place for it
        Assert.True(hung.IsDisposed);
        pool.GiveBack(other);
        Assert.Equal(1, pool.Count);
        Assert.Same(other, pool.Take("b", _user, NoStart));
    }

    [Fact]
    public async Task Of_too_many_set_aside_one_is_ended_of_whoever_has_the_most()
    {
        using var pool = Pool(count: 1, slowAfter: TimeSpan.FromMilliseconds(10), slow: 3);
        HelperUser few = new(Principal.Named("few")), many = new(Principal.Named("many"));
        var first = Take(pool, "a", few);
        var second = Take(pool, "a", many);
        var third = Take(pool, "a", many);
        var last = Take(pool, "a", many);
        var waiting = Task.Run(() => Take(pool, "b", few));
        Assert.True(SpinWait.SpinUntil(() => second.IsAborted, TestTimeouts.Default));
        Assert.False(waiting.IsCompleted);

        Assert.True(pool.LetGo(second));
        Assert.True(second.IsDisposed);
        await waiting.SoonAsync();
        Assert.All([first, third, last], helper => Assert.False(helper.IsAborted));
        Assert.False(pool.LetGo(third));
    }

    [Fact]
    public void One_principal_has_three_quarters_of_the_places_at_most()
    {
        using var pool = Pool(count: 4, patience: TimeSpan.FromMilliseconds(50));
        HelperUser[] sessions = [new(Principal.Named("many")), new(Principal.Named("many"))];
        for (var number = 0; number < 3; number++)
        {
            Take(pool, $"{number}", sessions[number % 2]);
        }

        Assert.Throws<FileHelpersBusyException>(() => pool.Take("d", sessions[0], NoStart));
        Take(pool, "e", new HelperUser(Principal.Named("other")));
    }

    [Fact]
    public async Task The_session_with_the_fewest_helpers_comes_first()
    {
        using var pool = Pool(count: 2);
        HelperUser greedy = new(Principal.Stdio), modest = new(Principal.Stdio);
        var (first, second) = (Take(pool, "a", greedy), Take(pool, "b", greedy));
        var next = Task.Run(() => Take(pool, "c", greedy));
        Assert.True(SpinWait.SpinUntil(() => pool.WaitingCount == 1, TestTimeouts.Default));
        var modestly = Task.Run(() => Take(pool, "d", modest));
        Assert.True(SpinWait.SpinUntil(() => pool.WaitingCount == 2, TestTimeouts.Default));

        pool.LetGo(first);
        await modestly.SoonAsync();
        Assert.False(next.IsCompleted);
        pool.LetGo(second);
        await next.SoonAsync();
    }

    private static IFileHelper NoStart() => throw new InvalidOperationException("a helper was there");

    private static FakeHelper Take(FileHelperPool pool, string key, HelperUser? user = null) => (FakeHelper)pool.Take(key, user ?? _user, () => new FakeHelper());

    private FileHelperPool Pool(int count = 16, TimeSpan? idle = null, TimeSpan? patience = null, TimeSpan? slowAfter = null, int slow = 48) => new(
        Settings.Sandbox with { Helpers = count, HelperSlowAfter = slowAfter ?? TestTimeouts.Default, SlowHelpers = slow, HelperIdle = idle ?? _idle, HelperPatience = patience ?? TestTimeouts.Default },
        Clock);
}
