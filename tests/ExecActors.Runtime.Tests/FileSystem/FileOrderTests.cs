using System.Text;

using ExecActors.Runtime.FileSystem;

using FsCheck.Xunit;

namespace ExecActors.Runtime.Tests.FileSystem;

public sealed class FileOrderTests
{
    private readonly FileOrder<string> _order = new();

    [Fact]
    public void Reads_of_one_path_run_at_once()
    {
        Assert.True(Read("/a").IsReady);
        Assert.True(Read("/a").IsReady);
    }

    [Fact]
    public void A_write_waits_for_the_reads_before_it_and_holds_back_those_behind_it()
    {
        var first = Read("/a");
        var write = Change("/a");
        var second = Read("/a");

        Assert.False(write.IsReady);
        Assert.False(second.IsReady);
        Assert.Equal([write], Leave(first));
        Assert.Equal([second], Leave(write));
    }

    [Theory]
    [InlineData("/a", "/a/b", true)]
    [InlineData("/a/b", "/a", true)]
    [InlineData("/", "/a", true)]
    [InlineData("/a", "/ab", false)]
    [InlineData("/a/b", "/a/c", false)]
    public void What_lies_above_or_below_a_change_waits_for_it(string changed, string read, bool waits)
    {
        Change(changed);

        Assert.Equal(!waits, Read(read).IsReady);
    }

    [Fact]
    public void Both_paths_of_a_copy_count()
    {
        _order.Enter(new FileClaim(null, Bytes("/from"), Bytes("/to"), Changes: true), "copy");

        Assert.False(Read("/from/x").IsReady);
        Assert.False(Read("/to/x").IsReady);
        Assert.True(Read("/other").IsReady);
    }

    [Fact]
    public void Requests_for_one_handle_run_one_after_the_other()
    {
        var open = _order.Enter(new FileClaim("h", Bytes("/a"), null, Changes: false), "open");
        var first = Block("h");
        var second = Block("h");
        var other = Block("other");

        Assert.True(open.IsReady);
        Assert.False(first.IsReady);
        Assert.True(other.IsReady);
        Assert.Equal([first], Leave(open));
        Assert.Equal([second], Leave(first));
        Assert.Empty(Leave(second));
        Assert.True(Block("h").IsReady);
    }

    [Property]
    public void Every_request_runs_once_and_none_before_one_it_must_follow(byte[] kinds, byte[] picks)
    {
        var turns = new List<FileOrder<string>.Turn>();
        var running = new List<FileOrder<string>.Turn>();
        var done = new HashSet<FileOrder<string>.Turn>();
        foreach (var kind in kinds ?? [])
        {
            var turn = Enter(kind);
            turns.Add(turn);
            if (turn.IsReady)
            {
                Start(turn);
            }
        }

        for (var i = 0; running.Count > 0; i++)
        {
            var pick = picks is { Length: > 0 } ? picks[i % picks.Length] : 0;
            var turn = running[pick % running.Count];
            running.Remove(turn);
            done.Add(turn);
            Leave(turn).ForEach(Start);
        }

        Assert.Equal(turns.Count, done.Count);
        Assert.Equal(0, _order.Count);

        void Start(FileOrder<string>.Turn turn)
        {
            var before = turns.TakeWhile(other => !ReferenceEquals(other, turn)).Where(other => MustFollow(turn.Claim, other.Claim));
            Assert.All(before, other => Assert.Contains(other, done));
            Assert.DoesNotContain(turn, running);
            running.Add(turn);
        }
    }

    private FileOrder<string>.Turn Enter(byte kind)
    {
        string[] paths = ["/", "/a", "/a/b", "/a/b/c", "/ab", "/d"];
        var path = paths[kind % paths.Length];
        return ((kind / 8) % 4) switch
        {
            0 => Read(path),
            1 => Change(path),
            2 => Block($"h{kind % 2}"),
            _ => _order.Enter(new FileClaim($"h{kind % 2}", Bytes(path), null, Changes: kind % 3 == 0), "open"),
        };
    }

    // Said once more, in words that the order itself does not use.
    private static bool MustFollow(FileClaim later, FileClaim earlier)
    {
        var sameHandle = later.Handle is not null && string.Equals(later.Handle, earlier.Handle, StringComparison.Ordinal);
        return sameHandle || ((later.Changes || earlier.Changes) && later.Path is not null && earlier.Path is not null
            && (IsWithin(Text(later.Path), Text(earlier.Path)) || IsWithin(Text(earlier.Path), Text(later.Path))));
    }

    private static bool IsWithin(string path, string root) =>
        string.Concat(path.TrimEnd('/'), "/").StartsWith(string.Concat(root.TrimEnd('/'), "/"), StringComparison.Ordinal);

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path);

    private static string Text(byte[] path) => Encoding.UTF8.GetString(path);

    private FileOrder<string>.Turn Read(string path) => _order.Enter(new FileClaim(null, Bytes(path), null, Changes: false), "read");

    private FileOrder<string>.Turn Change(string path) => _order.Enter(new FileClaim(null, Bytes(path), null, Changes: true), "change");

    private FileOrder<string>.Turn Block(string handle) => _order.Enter(new FileClaim(handle, null, null, Changes: false), "block");

    private List<FileOrder<string>.Turn> Leave(FileOrder<string>.Turn turn)
    {
        var ready = new List<FileOrder<string>.Turn>();
        _order.Leave(turn, ready);
        return ready;
    }
}
