using System.Globalization;
using System.Text;
using System.Threading.Channels;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Files;

/// <summary>Watches share inotify descriptors, of which a user may have few, and still do not harm each other.</summary>
public sealed class SharedWatchTests(HostFixture fixture) : IClassFixture<HostFixture>, IDisposable
{
    private const int Descriptors = 2;

    private readonly LinuxFileWatcher _watcher = new(fixture.Host, Descriptors);
    private readonly FileTree _tree = new FileTree().Directory("w").Directory("noisy");

    public void Dispose() => _tree.Dispose();

    [Fact]
    public async Task Hundreds_of_watches_take_a_few_descriptors_and_each_tells_its_own()
    {
        var before = InotifyDescriptors();
        var watches = Enumerable.Range(0, 300).Select(number => new Watched(this, $"many/{number}")).ToList();
        using var missing = _watcher.WatchMissing([_tree["absent"]], null, CountedPlaces.Plenty, () => { });
        Assert.NotNull(missing);
        Assert.Equal(before + Descriptors, InotifyDescriptors());
        foreach (var number in (int[])[0, 7, 299])
        {
            _tree.File($"many/{number}/x");
            Assert.Equal($"many/{number}/x", await watches[number].NextAsync());
        }

        watches.ForEach(watch => watch.Dispose());
        missing.Dispose();
        Assert.Equal(before, InotifyDescriptors());
    }

    [Fact]
    public async Task Watches_on_the_same_directory_end_one_by_one()
    {
        var watches = Enumerable.Range(0, 5).Select(_ => new Watched(this, "w")).ToList();
        for (var left = watches.Count; left > 0; left--)
        {
            _tree.File($"w/{left}");
            foreach (var watch in watches)
            {
                Assert.Equal($"w/{left}", await watch.NextAsync());
            }

            watches[0].Dispose();
            watches.RemoveAt(0);
        }
    }

    [Fact]
    public async Task One_that_is_not_read_loses_its_own_changes_only()
    {
        var limit = int.Parse(await File.ReadAllTextAsync("/proc/sys/fs/inotify/max_queued_events"), CultureInfo.InvariantCulture);
        using var first = new Watched(this, "w");
        using var unread = new Watched(this, "noisy");
        using var third = new Watched(this, "w"); // on the descriptor of the first
        using var fourth = new Watched(this, "w"); // on that of the noisy one
        for (var number = 0; number <= limit / 2; number++)
        {
            var name = _tree.Directory($"noisy/{number % 7}")[$"noisy/{number % 7}"];
            FileTree.Done(LinuxFiles.Remove(name, recursive: true, force: false, followLinks: true));
            if (number % 1000 == 0)
            {
                _tree.File($"w/{number}");
                Assert.Equal($"w/{number}", await first.NextAsync());
                Assert.Equal($"w/{number}", await third.NextAsync());
                Assert.Equal($"w/{number}", await fourth.NextAsync());
            }
        }

        Assert.True(await unread.IsLostAsync());
    }

    [Fact]
    public async Task Watches_that_come_and_go_on_one_directory_at_once_miss_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (var round = 0; round < 200; round++)
            {
                using var watch = new Watched(this, "w");
                var name = $"w/{worker}-{round}";
                _tree.File(name);
                while (!string.Equals(await watch.NextAsync(), name, StringComparison.Ordinal))
                {
                }
            }
        })));
    }

    private static int InotifyDescriptors() =>
        Directory.GetFiles("/proc/self/fd").Count(file => string.Equals(new FileInfo(file).LinkTarget, "anon_inode:inotify", StringComparison.Ordinal));

    /// <summary>A watch, and what it told and nobody asked for yet.</summary>
    private sealed class Watched : IDisposable
    {
        private readonly Channel<bool> _ready = Channel.CreateUnbounded<bool>();
        private readonly Queue<string> _paths = new();
        private readonly SharedWatchTests _test;
        private readonly ITreeWatch _watch;

        public Watched(SharedWatchTests test, string name)
        {
            _test = test;
            FileTree.Done(test._watcher.WatchTree(
                test._tree.Directory(name)[name], recursive: true, maxDirectories: 1000, CountedPlaces.Plenty, () => _ready.Writer.TryWrite(true), out var watch));
            _watch = watch!;
        }

        public async Task<string> NextAsync()
        {
            while (_paths.Count == 0)
            {
                Assert.False((await ReadAsync()).Overflow);
            }

            return _paths.Dequeue();
        }

        public async Task<bool> IsLostAsync()
        {
            while (!(await ReadAsync()).Overflow)
            {
            }

            return true;
        }

        public void Dispose() => _watch.Dispose();

        private async Task<TreeChanges> ReadAsync()
        {
            _watch.Arm();
            await _ready.Reader.ReadAsync().AsTask().SoonAsync();
            var changes = _watch.Read();
            foreach (var change in changes.Changes.Where(change => change.Kind == FileChangeKind.Created))
            {
                _paths.Enqueue(Path.GetRelativePath(_test._tree.RootText, Encoding.UTF8.GetString(change.Path)));
            }

            return changes;
        }
    }
}
