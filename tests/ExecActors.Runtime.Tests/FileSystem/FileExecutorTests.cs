using System.Text.RegularExpressions;

using ExecActors.Protocol;
using ExecActors.Runtime.FileSystem;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.FileSystem;

/// <summary>Each method's result and refusals as they stand on the wire; what the operations do is tested where they are.</summary>
public sealed partial class FileExecutorTests : IDisposable
{
    private const string NotFound = "-32004 No such file or directory (os error 2)";
    private const string NotADirectory = "-32603 Not a directory (os error 20)";

    private readonly FileRequests _files = new FileRequests()
        .File("a.txt").Directory("d/sub").File("d/b.txt").Link("link", "a.txt").Link("dlink", "d").Link("broken", "nowhere");

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("a.txt", true, """{"isDirectory":false,"isFile":true,"isSymlink":false,"size":6,"createdAtMs":T,"modifiedAtMs":T}""")]
    [InlineData("link", true, """{"isDirectory":false,"isFile":true,"isSymlink":true,"size":6,"createdAtMs":T,"modifiedAtMs":T}""")]
    [InlineData("a.txt", false, """{"isDirectory":false,"isFile":true,"isSymlink":false,"size":6,"createdAtMs":T,"modifiedAtMs":T}""")]
    [InlineData("link", false, "-32600 path contains a symbolic link")]
    [InlineData("dlink/b.txt", false, NotADirectory)]
    [InlineData("nope", true, NotFound)]
    [InlineData("a.txt/x", true, NotADirectory)]
    public void Metadata(string name, bool followSymlinks, string outcome) =>
        Assert.Equal(outcome, RealTime().Replace(_files.Execute(new FsGetMetadataParams(_files[name], followSymlinks)), "T"));

    [Theory]
    [InlineData("dlink/b.txt", """{"path":"F/d/b.txt"}""")]
    [InlineData("broken", NotFound)]
    public void Canonical_paths(string name, string outcome) => Assert.Equal(outcome, _files.Execute(new FsCanonicalizeParams(_files[name])));

    [Theory]
    [InlineData("d/sub", """{"entries":[]}""")]
    [InlineData("dlink/sub", """{"entries":[]}""")]
    [InlineData("a.txt", NotADirectory)]
    [InlineData("nope", NotFound)]
    public void Directories(string name, string outcome) => Assert.Equal(outcome, _files.Execute(new FsReadDirectoryParams(_files[name])));

    [Fact]
    public void A_link_that_leads_nowhere_is_listed()
    {
        _files.Directory("one").Link("one/lost", "nowhere");

        Assert.Equal(
            """{"entries":[{"fileName":"lost","isDirectory":false,"isFile":false}]}""", _files.Execute(new FsReadDirectoryParams(_files["one"])));
    }

    [Theory]
    [InlineData(10, 100, 1000, """{"entries":[{"path":"F/d/b.txt","kind":"file"},{"path":"F/d/sub","kind":"directory"}],"errors":[],"truncated":false}""")]
    [InlineData(64, 10000, 50000, """{"entries":[{"path":"F/d/b.txt","kind":"file"},{"path":"F/d/sub","kind":"directory"}],"errors":[],"truncated":false}""")]
    [InlineData(0, 1, 1, """{"entries":[{"path":"F/d/b.txt","kind":"file"}],"errors":[],"truncated":true}""")]
    [InlineData(1, 0, 1, "-32600 filesystem walk limits must be greater than zero")]
    [InlineData(65, 1, 0, "-32600 filesystem walk limits must be greater than zero")]
    [InlineData(65, 1, 1, "-32600 filesystem walk limits exceed maximums: depth=64, directories=10000, entries=50000")]
    [InlineData(1, 10001, 1, "-32600 filesystem walk limits exceed maximums: depth=64, directories=10000, entries=50000")]
    [InlineData(1, 1, 50001, "-32600 filesystem walk limits exceed maximums: depth=64, directories=10000, entries=50000")]
    [InlineData(ulong.MaxValue, 1, 1, "-32600 filesystem walk limits exceed maximums: depth=64, directories=10000, entries=50000")]
    public void Walks(ulong depth, ulong directories, ulong entries, string outcome) =>
        Assert.Equal(outcome, _files.Execute(new FsWalkParams(_files["d"], new FsWalkOptions(depth, directories, entries, FollowDirectorySymlinks: false))));

    [Fact]
    public void A_walk_without_a_root_is_refused_after_its_limits() =>
        Assert.Equal(NotFound, _files.Execute(new FsWalkParams(_files["nope"], new FsWalkOptions(1, 1, 1, FollowDirectorySymlinks: true))));

    [Theory]
    [InlineData("x/y", true, true, "{}")]
    [InlineData("d", true, false, "{}")]
    [InlineData("d", false, true, "-32603 File exists (os error 17)")]
    [InlineData("x/y", false, true, NotFound)]
    [InlineData("dlink/x", true, false, NotADirectory)]
    public void Directories_made(string name, bool recursive, bool followSymlinks, string outcome) =>
        Assert.Equal(outcome, _files.Execute(new FsCreateDirectoryParams(_files[name], recursive, followSymlinks)));

    [Theory]
    [InlineData("nope", true, true, true, "{}")]
    [InlineData("nope", true, false, true, NotFound)]
    [InlineData("a.txt/x", true, true, true, NotADirectory)]
    [InlineData("d", false, true, true, "-32603 Directory not empty (os error 39)")]
    [InlineData("d", true, true, true, "{}")]
    [InlineData("d", true, true, false, "-32603 recursive no-follow removal is unsupported")]
    [InlineData("dlink", false, true, false, "-32600 path contains a symbolic link")]
    public void Removals(string name, bool recursive, bool force, bool followSymlinks, string outcome) =>
        Assert.Equal(outcome, _files.Execute(new FsRemoveParams(_files[name], recursive, force, followSymlinks)));

    [Theory]
    [InlineData("a.txt", "new", false, "{}")]
    [InlineData("a.txt", "a.txt", false, "{}")]
    [InlineData("d", "new", false, "-32600 fs/copy requires recursive: true when sourcePath is a directory")]
    [InlineData("d", "d/in", true, "-32600 fs/copy cannot copy a directory to itself or one of its descendants")]
    [InlineData("nope", "new", true, NotFound)]
    [InlineData("a.txt", "d", false, "-32603 Is a directory (os error 21)")]
    public void Copies(string source, string destination, bool recursive, string outcome) =>
        Assert.Equal(outcome, _files.Execute(new FsCopyParams(_files[source], _files[destination], recursive)));

    [Theory]
    [InlineData("a.txt", "new", false, "{}")]
    [InlineData("a.txt", "d/b.txt", true, "{}")]
    [InlineData("a.txt", "d/b.txt", false, "-32603 File exists (os error 17)")]
    [InlineData("d", "d/sub/in", true, "-32600 Invalid argument (os error 22)")]
    [InlineData("nope", "new", true, NotFound)]
    public void Renames(string source, string destination, bool replace, string outcome) =>
        Assert.Equal(outcome, _files.Execute(new FsRenameParams(_files[source], _files[destination], replace)));

    [Theory]
    [InlineData("a.txt", true, "{}")]
    [InlineData("link", false, "-32603 Too many levels of symbolic links (os error 40)")]
    [InlineData("nope", true, NotFound)]
    public void Modes(string name, bool followSymlinks, string outcome) =>
        Assert.Equal(outcome, _files.Execute(new FsChmodParams(_files[name], 0x1C0, followSymlinks)));

    [Fact]
    public void A_record_of_another_kind_is_a_bug_of_the_caller() =>
        Assert.Throws<ArgumentException>(() => FileExecutor.Execute(new FsCloseParams("h"), new System.Buffers.ArrayBufferWriter<byte>()));

    // Around now, and not the 0 of a server that cannot tell.
    [GeneratedRegex(@"(?<=Ms"":)1[0-9]{12}\b", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RealTime();
}
