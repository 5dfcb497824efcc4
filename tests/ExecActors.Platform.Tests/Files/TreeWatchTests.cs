using System.Globalization;
using System.Text;
using System.Threading.Channels;
using ExecActors.Platform.Interop;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Files;

public sealed class TreeWatchTests : IClassFixture<HostFixture>, IDisposable
{
    private const int Plenty = 1000;

    private readonly LinuxFileWatcher _watcher;
    private readonly FileTree _tree = new FileTree().Directory("w/sub/deep").File("w/f").File("outside/o").Link("w/link", "../outside").Link("wlink", "w").Link("flink", "w/f");
    private readonly Channel<bool> _ready = Channel.CreateUnbounded<bool>();

    public TreeWatchTests(HostFixture fixture) => _watcher = new LinuxFileWatcher(fixture.Host);

    public void Dispose() => _tree.Dispose();

    [Fact]
    public async Task Changes_are_told_for_the_root_and_below_and_joined_for_each_path()
    {
        using var watch = Watch("w");
        _tree.File("w/new", "1").File("w/new", "2").File("w/f", "changed").File("w/sub/deep/x").Mode("w/sub", 0x1C0);
        Remove("w/sub/deep/x");
        _tree.Directory("w/sub/dir");

        Assert.Equal(
            ["w/new Created", "w/f Modified", "w/sub/deep/x Removed", "w/sub Modified", "w/sub/dir Created"],
            await ReadUntilAsync(watch, "w/sub/dir Created"));
    }

    [Fact]
    public async Task New_directories_are_watched_with_what_is_in_them_already()
    {
        using var watch = Watch("w");
        _tree.Directory("w/a/b/c").File("w/a/b/c/first");
        var seen = await ReadUntilAsync(watch, "w/a/b/c/first Created");
        Assert.Equal(["w/a Created", "w/a/b Created", "w/a/b/c Created", "w/a/b/c/first Created"], seen.Order(StringComparer.Ordinal), StringComparer.Ordinal);

        _tree.File("w/a/b/c/second");
        Assert.Equal(["w/a/b/c/second Created"], await ReadUntilAsync(watch, "w/a/b/c/second Created"));
    }

    [Fact]
    public async Task A_directory_moved_inside_is_told_under_its_new_name_and_one_moved_out_not_at_all()
    {
        using var watch = Watch("w");
        Move("w/sub", "w/renamed");
        Assert.Equal(
            ["w/renamed Created", "w/renamed/deep Created", "w/sub Removed"],
            (await ReadUntilAsync(watch, "w/renamed/deep Created")).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);

        _tree.File("w/renamed/deep/x");
        Assert.Equal(["w/renamed/deep/x Created"], await ReadUntilAsync(watch, "w/renamed/deep/x Created"));

        Move("w/renamed", "elsewhere");
        _tree.File("elsewhere/deep/y").File("w/after");
        Assert.Equal(["w/renamed Removed", "w/after Created"], await ReadUntilAsync(watch, "w/after Created"));
    }

    [Fact]
    public async Task Links_are_not_followed_below_the_root()
    {
        using var watch = Watch("w");
        _tree.File("outside/more").Link("w/another", "../outside").File("outside/evenmore").File("w/end");

        Assert.Equal(["w/another Created", "w/end Created"], await ReadUntilAsync(watch, "w/end Created"));
    }

    [Fact]
    public async Task A_root_that_is_a_link_is_followed_and_keeps_its_name()
    {
        using var watch = Watch("wlink");
        _tree.File("w/sub/x");

        Assert.Equal(["wlink/sub/x Created"], await ReadUntilAsync(watch, "wlink/sub/x Created"));
    }

    [Theory]
    [InlineData("w/f")]
    [InlineData("flink")]
    public async Task A_file_is_watched_also_when_another_takes_its_place(string name)
    {
        using var watch = Watch(name);
        _tree.File("w/neighbour").File("w/f", "in place");
        Assert.Equal([$"{name} Modified"], await ReadUntilAsync(watch, $"{name} Modified"));

        _tree.File("w/f.tmp", "another");
        Move("w/f.tmp", "w/f");
        Assert.Equal([$"{name} Created"], await ReadUntilAsync(watch, $"{name} Created"));

        Remove("w/f");
        Assert.Equal([$"{name} Removed"], await ReadUntilAsync(watch, $"{name} Removed"));
    }

    [Fact]
    public async Task Without_recursion_only_the_directory_itself_is_watched()
    {
        using var watch = Watch("w", recursive: false);
        _tree.File("w/sub/x").Directory("w/new").File("w/new/x").File("w/end");

        Assert.Equal(["w/new Created", "w/end Created"], await ReadUntilAsync(watch, "w/end Created"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_end_of_the_root_ends_the_watch(bool moved)
    {
        using var watch = Watch("w");
        if (moved)
        {
            Move("w", "w2");
        }
        else
        {
            Remove("w");
        }

        var seen = new List<FileChange>();
        TreeChanges changes;
        do
        {
            await ReadyAsync(watch);
            changes = watch.Read();
            seen.AddRange(changes.Changes);
        }
        while (!changes.Ended);

        Assert.Equal("w Removed", Text(seen[^1]));
        Assert.Equal([], watch.Read().Changes);
    }

    [Fact]
    public async Task What_the_kernel_dropped_is_told_as_an_overflow_and_new_directories_are_found_all_the_same()
    {
        var queue = int.Parse(await File.ReadAllTextAsync("/proc/sys/fs/inotify/max_queued_events"), CultureInfo.InvariantCulture);
        using var watch = Watch("w");
        for (var number = 0; number <= queue / 2; number++)
        {
            _tree.File($"w/{number % 100}", "");
            Remove($"w/{number % 100}");
        }

        _tree.Directory("w/unseen/deeper");
        await ReadUntilAsync(watch, changes => changes.Overflow);

        _tree.File("w/unseen/deeper/seen");
        Assert.Equal(["w/unseen/deeper/seen Created"], await ReadUntilAsync(watch, "w/unseen/deeper/seen Created"));
    }

    [Fact]
    public async Task More_directories_than_allowed_are_refused_at_first_and_told_later()
    {
        Assert.Equal(
            FileOutcome.Refused(FileRefusal.TooManyDirectories),
            _watcher.WatchTree(_tree["w"], recursive: true, maxDirectories: 2, CountedPlaces.Plenty, () => { }, out var refused));
        Assert.Null(refused);

        using var watch = Watch("w", maxDirectories: 3);
        _tree.Directory("w/fourth");
        var changes = await ReadUntilAsync(watch, found => found.Overflow);
        Assert.Equal(["w/fourth Created"], changes.Select(Text), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Each_directory_takes_a_place_and_gives_it_back()
    {
        var places = new CountedPlaces(4);
        using (var watch = Watch("w", places: places))
        {
            Assert.Equal(3, places.Taken);
            _tree.Directory("w/fourth").Directory("w/fifth");
            await ReadUntilAsync(watch, found => found.Overflow);
            Assert.Equal(4, places.Taken);
            Assert.Equal(FileOutcome.Refused(FileRefusal.NoWatchPlaces), _watcher.WatchTree(_tree["w"], recursive: true, Plenty, places, () => { }, out _));

            Remove("w/fourth");
            Remove("w/fifth");
            await ReadUntilAsync(watch, "w/fifth Removed");
            Assert.Equal(3, places.Taken);
        }

        Assert.Equal(0, places.Taken);
    }

    [Theory]
    [InlineData("nope", Errno.ENOENT)]
    [InlineData("w/f/x", Errno.ENOTDIR)]
    public void What_is_not_there_is_not_watched(string name, int errno)
    {
        Assert.Equal(FileOutcome.Failed(errno), _watcher.WatchTree(_tree[name], recursive: true, Plenty, CountedPlaces.Plenty, () => { }, out var watch));
        Assert.Null(watch);
    }

    [Fact]
    public async Task It_is_told_once_for_each_time_it_is_armed()
    {
        using var watch = Watch("w");
        await Task.WhenAll(Enumerable.Range(0, 10).Select(number => Task.Run(() => _tree.File($"w/{number}"))));
        await ReadyAsync(watch);
        Assert.False(_ready.Reader.TryRead(out _));

        await ReadyAsync(watch); // nothing was read yet
        Assert.Equal(10, watch.Read().Changes.Count);
        Assert.Empty(watch.Read().Changes);
    }

    [Fact]
    public void A_watch_that_was_closed_reads_nothing()
    {
        var watch = Watch("w");
        _tree.File("w/x");
        watch.Dispose();
        watch.Dispose();

        watch.Arm();
        Assert.True(watch.Read().Ended);
    }

    private ITreeWatch Watch(string name, bool recursive = true, int maxDirectories = Plenty, CountedPlaces? places = null)
    {
        FileTree.Done(_watcher.WatchTree(_tree[name], recursive, maxDirectories, places ?? CountedPlaces.Plenty, () => _ready.Writer.TryWrite(true), out var watch));
        return watch!;
    }

    private async Task ReadyAsync(ITreeWatch watch)
    {
        watch.Arm();
        await _ready.Reader.ReadAsync().AsTask().SoonAsync();
    }

    private async Task<IReadOnlyList<string>> ReadUntilAsync(ITreeWatch watch, string last)
    {
        var seen = await ReadUntilAsync(watch, changes => changes.Changes.Any(change => string.Equals(Text(change), last, StringComparison.Ordinal)));
        return [.. seen.Select(Text)];
    }

    private async Task<IReadOnlyList<FileChange>> ReadUntilAsync(ITreeWatch watch, Func<TreeChanges, bool> isLast)
    {
        var seen = new List<FileChange>();
        TreeChanges changes;
        do
        {
            await ReadyAsync(watch);
            changes = watch.Read();
            seen.AddRange(changes.Changes);
        }
        while (!isLast(changes));
        return seen;
    }

    private string Text(FileChange change) => $"{Path.GetRelativePath(_tree.RootText, Encoding.UTF8.GetString(change.Path))} {change.Kind}";

    private void Move(string from, string to) => FileTree.Done(LinuxFiles.Rename(_tree[from], _tree[to], replace: true));

    private void Remove(string name) => FileTree.Done(LinuxFiles.Remove(_tree[name], recursive: true, force: false, followLinks: true));
}
