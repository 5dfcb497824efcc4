using ExecActors.Platform.Interop;
using ExecActors.Testing;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Tests.Files;

/// <summary>Links that are turned in the moment between the judgement of a place and the act there: the act is where the judgement was.</summary>
public sealed class TurnedLinkTests : IClassFixture<LeakCheck>, IDisposable
{
    private readonly FileTree _tree = new FileTree()
        .File("free/f", "free").File("free/tree/sub/x", "x").File("free/source", "source")
        .File("walled/f", "walled").File("walled/tree/sub/y", "y").File("walled/source", "secret")
        .File("from/g", "g")
        .Link("way", "free").Link("last", "free/f").Link("dangling", "free/none");

    private readonly Turner _turner;

    public TurnedLinkTests() => _turner = new Turner(_tree);

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("way/new")]
    [InlineData("way/f")]
    [InlineData("last")]
    [InlineData("dangling")]
    public void A_file_is_written_where_it_was_judged(string name)
    {
        ExpectWallStands(() =>
        {
            FileTree.Done(LinuxFiles.OpenOverwrite(_tree[name], followLinks: true, out var handle, _turner));
            using (handle)
            {
                FileTree.Done(handle!.WriteAt("evil"u8, 0));
            }
        });
        Assert.Equal("evil", _tree.Content(name switch { "way/new" => "free/new", "dangling" => "free/none", _ => "free/f" }));
    }

    [Theory]
    [InlineData("way/new")]
    [InlineData("way/f")]
    [InlineData("last")]
    [InlineData("dangling")]
    public void A_file_is_emptied_or_replaced_where_it_was_judged(string name)
    {
        ExpectWallStands(() =>
        {
            FileTree.Done(LinuxFiles.OpenReplaceRegular(_tree[name], out var emptied, _turner));
            emptied!.Dispose();
            _turner.TurnBack();
            FileTree.Done(LinuxFiles.OpenAtomicReplace(_tree[name], out var replaced, _turner));
            using (replaced)
            {
                FileTree.Done(replaced!.Commit());
            }
        });
        Assert.Equal("", _tree.Content(name switch { "way/new" => "free/new", "dangling" => "free/none", _ => "free/f" }));
    }

    [Theory]
    [InlineData("way/d", false, "free/d")]
    [InlineData("way/d", true, "free/d")]
    [InlineData("way/d/e/f", true, "free/d/e/f")]
    public void Directories_are_made_where_it_was_judged(string name, bool recursive, string made)
    {
        ExpectWallStands(() => FileTree.Done(LinuxFiles.CreateDirectory(_tree[name], recursive, followLinks: true, _turner)));
        Assert.True(_tree.Status(made).IsDirectory);
    }

    [Theory]
    [InlineData("way/f", false)]
    [InlineData("way/tree", true)]
    public void What_was_judged_is_removed(string name, bool recursive)
    {
        ExpectWallStands(() => FileTree.Done(LinuxFiles.Remove(_tree[name], recursive, force: false, followLinks: true, _turner)));
        Assert.False(_tree.Exists(name.Replace("way", "free", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("from/g", "way/g", "free/g")]
    [InlineData("way/f", "from/f", "from/f")]
    [InlineData("way/source", "way/moved", "free/moved")]
    public void Both_ends_of_a_renaming_are_those_that_were_judged(string source, string destination, string moved)
    {
        ExpectWallStands(() => FileTree.Done(LinuxFiles.Rename(_tree[source], _tree[destination], replace: true, _turner)));
        Assert.NotEqual("secret", _tree.Content(moved));
    }

    [Theory]
    [InlineData("from/g", "way/g", "free/g", "g")]
    [InlineData("from/g", "last", "free/f", "g")]
    [InlineData("from/g", "dangling", "free/none", "g")]
    [InlineData("way/source", "from/copy", "from/copy", "source")]
    [InlineData("free/tree", "way/copy", "free/copy/sub/x", "x")]
    [InlineData("way/tree", "from/copy", "from/copy/sub/x", "x")]
    public void Both_ends_of_a_copy_are_those_that_were_judged(string source, string destination, string file, string content)
    {
        _turner.TurnsOnRead = source.StartsWith("way", StringComparison.Ordinal);
        ExpectWallStands(() => FileTree.Done(LinuxFiles.Copy(_tree[source], _tree[destination], recursive: true, _turner)));
        Assert.Equal(content, _tree.Content(file));
    }

    [Theory]
    [InlineData("way/f")]
    [InlineData("last")]
    public void The_mode_is_changed_of_what_was_judged(string name)
    {
        ExpectWallStands(() => FileTree.Done(LinuxFiles.ChangeMode(_tree[name], 0x1FF, followLinks: true, _turner)));
        Assert.Equal("777", _tree.ModeOf("free/f"));
    }

    [Theory]
    [InlineData("way/f")]
    [InlineData("last")]
    public void What_was_judged_is_read(string name)
    {
        FileTree.Done(LinuxFiles.OpenRead(_tree[name], followLinks: true, out var handle, _turner));
        using (handle)
        {
            var buffer = new byte[4];
            FileTree.Done(handle!.ReadAt(buffer, 0, out _));
            Assert.Equal("free"u8.ToArray(), buffer);
        }

        _turner.TurnBack();
        FileTree.Done(LinuxFiles.GetMetadata(_tree[name], followLinks: true, out var metadata, _turner));
        Assert.Equal(4, metadata.Size);
        _turner.TurnBack();
        FileTree.Done(LinuxFiles.Canonicalize(_tree[name], out var canonical, _turner));
        Assert.Equal(_tree["free/f"], canonical);
    }

    [Fact]
    public void The_directory_that_was_judged_is_listed_and_walked()
    {
        FileTree.Done(LinuxFiles.OpenDirectory(_tree["way/tree/sub"], out var listing, _turner));
        using (listing)
        {
            Assert.True(listing!.MoveNext());
            Assert.Equal("x"u8.ToArray(), listing.Name.ToArray());
        }
    }

    [Fact]
    public void A_place_that_is_refused_is_left_as_it_was()
    {
        var before = _tree.Snapshot("");
        var refusing = new Refuser();
        FileOutcome[] outcomes =
        [
            LinuxFiles.OpenOverwrite(_tree["way/new"], followLinks: true, out _, refusing),
            LinuxFiles.OpenReplaceRegular(_tree["way/f"], out _, refusing),
            LinuxFiles.OpenAtomicReplace(_tree["way/f"], out _, refusing),
            LinuxFiles.CreateDirectory(_tree["way/d"], recursive: true, followLinks: true, refusing),
            LinuxFiles.CreateDirectory(_tree["free/d"], recursive: true, followLinks: false, refusing),
            LinuxFiles.CreateDirectory(_tree["free/d"], recursive: false, followLinks: false, refusing),
            LinuxFiles.Remove(_tree["way/tree"], recursive: true, force: true, followLinks: true, refusing),
            LinuxFiles.Rename(_tree["way/f"], _tree["way/g"], replace: true, refusing),
            LinuxFiles.Copy(_tree["way/f"], _tree["way/g"], recursive: false, refusing),
            LinuxFiles.Copy(_tree["way/tree"], _tree["way/g"], recursive: true, refusing),
            LinuxFiles.ChangeMode(_tree["way/f"], 0, followLinks: true, refusing),
            LinuxFiles.OpenRead(_tree["way/f"], followLinks: true, out _, refusing),
            LinuxFiles.OpenRead(_tree["free/f"], followLinks: false, out _, refusing),
            LinuxFiles.GetMetadata(_tree["way/f"], followLinks: true, out _, refusing),
            LinuxFiles.GetMetadata(_tree["free/f"], followLinks: false, out _, refusing),
            LinuxFiles.Canonicalize(_tree["way/f"], out _, refusing),
            LinuxFiles.OpenDirectory(_tree["way"], out _, refusing),
            LinuxFiles.Walk(_tree["way"], new WalkLimits(3, 9, 9, FollowLinks: true, PruneHidden: false), out _, refusing),
        ];

        Assert.All(outcomes, outcome => Assert.Equal(FileOutcome.Failed(Errno.EROFS), outcome));
        Assert.Equal(before, _tree.Snapshot(""));
    }

    private void ExpectWallStands(Action act)
    {
        var before = _tree.Snapshot("walled");
        act();
        Assert.True(_turner.WasAsked);
        Assert.Equal(before, _tree.Snapshot("walled"));
    }

    /// <summary>Allows everything, and turns each link of the tree to the other side as soon as something is judged.</summary>
    private sealed class Turner(FileTree tree) : IPlaceGuard
    {
        public bool WasAsked { get; private set; }

        public bool TurnsOnRead { get; set; } = true;

        public FileOutcome MayRead(SafeFileHandle held) => TurnsOnRead ? Turn("walled") : default;

        public FileOutcome MayChange(SafeFileHandle held) => Turn("walled");

        public FileOutcome MayMake(SafeFileHandle directory, ReadOnlySpan<byte> name) => Turn("walled");

        public FileOutcome MayTake(SafeFileHandle directory, ReadOnlySpan<byte> name) => Turn("walled");

        public void TurnBack() => Turn("free");

        private FileOutcome Turn(string side)
        {
            WasAsked = true;
            foreach (var (link, target) in new[] { ("way", side), ("last", $"{side}/f"), ("dangling", $"{side}/none") })
            {
                tree.Link("turned", target);
                FileTree.Done(LinuxFiles.Rename(tree["turned"], tree[link], replace: true));
            }

            return default;
        }
    }

    private sealed class Refuser : IPlaceGuard
    {
        public FileOutcome MayRead(SafeFileHandle held) => FileOutcome.Failed(Errno.EROFS);

        public FileOutcome MayChange(SafeFileHandle held) => FileOutcome.Failed(Errno.EROFS);

        public FileOutcome MayMake(SafeFileHandle directory, ReadOnlySpan<byte> name) => FileOutcome.Failed(Errno.EROFS);

        public FileOutcome MayTake(SafeFileHandle directory, ReadOnlySpan<byte> name) => FileOutcome.Failed(Errno.EROFS);
    }
}
