using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Files;

public sealed class MissingPathWatchTests : IClassFixture<HostFixture>, IDisposable
{
    private readonly LinuxFileWatcher _watcher;
    private readonly FileTree _tree = new FileTree()
        .Directory("p/q").File("here", "x").File("d/x").Link("link", "here").Link("dlink", "d").Link("broken", "nowhere").Link("loop", "loop");

    public MissingPathWatchTests(HostFixture fixture) => _watcher = new LinuxFileWatcher(fixture.Host);

    public void Dispose() => _tree.Dispose();

    public static TheoryData<string, string?, string> Events => new()
    {
        { "m", null, "file m" },
        { "m", null, "directory m" },
        { "m", null, "link m" },
        { "m", null, "hardlink m" },
        { "m", null, "move here m" },
        { "a/b/c", null, "directory a" },
        { "p/q/m", null, "file p/q/m" },
        { "p/q/m", null, "move p p2" },
        { "p/q/m", null, "move p/q elsewhere" },
        { "p/q/m", null, "remove p/q" },
        { "m", "here", "remove here" },
        { "m", "here", "file here" },
        { "m", "here", "move here there" },
        { "m", "here", "move d/x here" },
        { "m", "p/q", "remove p/q" },
        { "m", "p/q", "move p p2" },
        { "m", "link", "remove link" },
        { "\u00FF", null, "file \u00FF" },
    };

    [Theory]
    [MemberData(nameof(Events))]
    public async Task It_fires_when_a_path_may_have_appeared_or_gone(string missing, string? present, string happening)
    {
        using var watch = Watch([missing], present, out var fired);
        Assert.NotNull(watch);
        Assert.False(fired.IsCompleted);

        Happen(happening);

        await fired.SoonAsync();
    }

    [Theory]
    [InlineData("m", null, "file sibling")]
    [InlineData("m", null, "directory mm")]
    [InlineData("p/q/m", null, "file p/sibling")]
    [InlineData("a/b", null, "file b")]
    [InlineData("m", "p/q", "file p/q/inside")]
    [InlineData("m", "here", "file there")]
    public async Task It_does_not_fire_for_neighbours(string missing, string? present, string happening)
    {
        using var watch = Watch([missing], present, out var fired);
        Happen(happening);

        await FenceAsync();
        Assert.False(fired.IsCompleted);
        Happen($"directory {missing}"); // it is still awake
        await fired.SoonAsync();
    }

    [Theory]
    [InlineData("here", null)]
    [InlineData("p/q", null)]
    [InlineData("link", null)]
    [InlineData("broken", null)]
    [InlineData("dlink/m", null)]
    [InlineData("broken/m", null)]
    [InlineData("here/m", null)]
    [InlineData("loop/m", null)]
    [InlineData("m", "absent")]
    [InlineData("m", "dlink/x")]
    [InlineData("m", "here/x")]
    public void It_is_not_set_up_for_paths_that_are_there_or_lie_behind_links_or_files(string missing, string? present)
    {
        Assert.Null(Watch([missing], present, out var fired));
        Assert.False(fired.IsCompleted);
    }

    [Fact]
    public void Each_directory_on_the_way_takes_a_place_and_gives_it_back()
    {
        var places = new CountedPlaces(100);
        using (_watcher.WatchMissing([_tree["absent"], _tree["other"]], null, places, () => { }))
        {
            Assert.InRange(places.Taken, 2, 99);
            Assert.Null(_watcher.WatchMissing([_tree["absent"]], null, new CountedPlaces(places.Taken - 1), () => { }));
        }

        Assert.Equal(0, places.Taken);
    }

    [Fact]
    public void The_root_is_there() => Assert.Null(_watcher.WatchMissing(["/"u8.ToArray()], null, CountedPlaces.Plenty, () => { }));

    [Fact]
    public async Task Any_of_many_paths_fires_it_once()
    {
        var calls = 0;
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var paths = Enumerable.Range(0, 64).Select(number => _tree[$"p/{number}/x"]).ToList();
        using var watch = _watcher.WatchMissing(paths, null, CountedPlaces.Plenty, () =>
        {
            Interlocked.Increment(ref calls);
            first.TrySetResult();
        });
        Assert.NotNull(watch);

        Happen("directory p/40");
        await first.Task.SoonAsync();
        Happen("directory p/41");
        Happen("directory p/42/x");
        await FenceAsync();

        Assert.Equal(1, Volatile.Read(ref calls));
    }

    [Fact]
    public void One_path_that_is_there_spoils_the_watch() => Assert.Null(Watch(["m", "here"], null, out _));

    [Fact]
    public async Task What_is_disposed_does_not_fire()
    {
        var watch = Watch(["m"], null, out var fired);
        watch!.Dispose();
        watch.Dispose();

        Happen("file m");
        await FenceAsync();

        Assert.False(fired.IsCompleted);
    }

    [Fact]
    public async Task A_path_made_while_it_is_set_up_is_not_missed()
    {
        for (var round = 0; round < 50; round++)
        {
            var name = $"round{round}/a/b";
            var making = Task.Run(() => _tree.Directory(name));
            using var watch = Watch([name], null, out var fired);
            await making.SoonAsync();
            if (watch is not null)
            {
                await fired.SoonAsync();
            }
        }
    }

    private IDisposable? Watch(IEnumerable<string> missing, string? present, out Task fired)
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fired = source.Task;
        return _watcher.WatchMissing([.. missing.Select(name => _tree[name])], present is null ? null : _tree[present], CountedPlaces.Plenty, () => source.SetResult());
    }

    /// <summary>Completes when everything that happened before has been looked at: the reactor takes descriptors in the order in which they had news.</summary>
    private async Task FenceAsync()
    {
        var name = $"fence{Guid.NewGuid():N}";
        _tree.Directory($"fences/{name}");
        using var watch = Watch([$"fences/{name}/x"], null, out var fired);
        _tree.File($"fences/{name}/x");
        await fired.SoonAsync();
    }

    private void Happen(string happening)
    {
        var words = happening.Split(' ');
        _ = words[0] switch
        {
            "file" => _tree.File(words[1], "new"),
            "directory" => _tree.Directory(words[1]),
            "link" => _tree.Link(words[1], "nowhere"),
            "hardlink" => _tree.HardLink(words[1], "here"),
            _ => _tree,
        };
        if (words[0] is "move")
        {
            FileTree.Done(LinuxFiles.Rename(_tree[words[1]], _tree[words[2]], replace: true));
        }
        else if (words[0] is "remove")
        {
            FileTree.Done(LinuxFiles.Remove(_tree[words[1]], recursive: true, force: false, followLinks: true));
        }
    }
}
