namespace ExecActors.Integration.Tests.Replay;

/// <summary>What a recording found under <c>/tmp/exec-fixture</c>, and what somebody else changed there while it ran.</summary>
/// <param name="Make">Makes what the recording's <c>setup</c> describes.</param>
public sealed record RecordedFiles(Action<FileTree> Make)
{
    private static readonly Action<FileTree> Workspace = tree => tree
        .File("ws/a.txt", "A").File("ws/d/f", "D").File("ws/.git/config", "G").File("out/secret", "S")
        .Link("ws/esc", "../out").Link("ws/escf", "../out/secret").HardLink("ws/hard", "out/secret");

    private static readonly Dictionary<string, RecordedFiles> ByName = new()
    {
        ["fs/before-handshake"] = new(tree => tree.File("a.txt", "x")),
        ["fs/canonicalize"] = new(tree => tree
            .File("a.txt").File("d/b.txt").Link("link", "a.txt").Link("dlink", "d").Link("broken", "nowhere").File("sp ace.txt").File([.. "bad"u8, 0xFF])),
        ["fs/copy"] = new(tree => tree.File("a.txt", "hello").File("d/b.txt").Link("dlink", "d").Fifo("fifo").File("self.txt", "keep")),
        ["fs/create-directory"] = new(tree => tree.File("a.txt").Directory("d").Link("dlink", "d")),
        ["fs/get-metadata"] = new(tree => tree.File("a.txt", "hello\n").Directory("d").Link("link", "a.txt").Link("dlink", "d").Link("broken", "nowhere").Fifo("fifo")),
        ["fs/handle-limit"] = new(tree => tree.File("a.txt")),
        ["fs/path-forms"] = new(tree => tree.File("a.txt", "hello\n").File("d/b.txt", "b")),
        ["fs/read-directory"] = new(tree => tree.File("a.txt").Directory("d").Link("link", "a.txt").Link("dlink", "d").Link("broken", "nowhere").Fifo("fifo")),
        ["fs/read-file-basic"] = new(tree => tree.File("a.txt", "hello\n").File("empty.bin").Link("link", "a.txt").File("sp ace%\u00E9.txt", "x")),
        ["fs/read-file-errors"] = new(tree => tree
            .Directory("d").File("a.txt").Fifo("fifo").Link("broken", "nowhere").Link("loop", "loop").Sparse("big", 629_145_600)),
        ["fs/read-handle"] = new(tree => tree.File("a.txt", "hello\n").Directory("d")),
        ["fs/read-handle-after-unlink"] = new(tree => tree.File("a.txt", "hello\n"))
        {
            After = new Dictionary<long, Action<FileTree>> { [4] = tree => File.AppendAllText(tree.At("a.txt"), "more") },
        },
        ["fs/read-no-follow"] = new(tree => tree.File("a.txt", "hello\n").Link("link", "a.txt").File("d/b.txt").Link("dlink", "d").Link("broken", "nowhere")),
        ["fs/remove"] = new(tree => tree.File("d/x").Directory("e").File("a.txt").Link("dlink", "d")),
        ["fs/walk"] = new(tree => tree
            .File(".dot").File(".hid/x").File("a.txt").File("d/sub/b.txt").Directory("d/sub/deep").Link("d/up", "..").Link("dlink", "d").Link("link", "a.txt").Fifo("fifo")),
        ["fs/watch-missing"] = new(tree => tree.File("ws/here"))
        {
            After = new Dictionary<long, Action<FileTree>>
            {
                [2] = tree => tree.File("ws/m"),
                [5] = tree => tree.File("ws/n"),
                [7] = tree => File.Delete(tree.At("ws/here")),
            },
        },
        ["fs/write-file"] = new(tree => tree.File("a.txt", "old").Directory("d").Link("link", "a.txt").Link("broken", "created")),
        ["fs/write-handle"] = new(tree => tree.Directory("d")),
        ["process/arg0-with-terminal"] = new(tree => tree.Directory("ws")),
        ["process/start-error-kinds"] = new(tree => tree.File("ws/not-executable").File("ws/garbage", "\0\u0001\u0002\u0003").Executable("ws/garbage").File("ws/file")),
        ["sandbox/protected-directories-not-yet-there"] = new(tree => tree.Directory("ws")),
    };

    /// <summary>What changed right after the answer to the request with this id had come.</summary>
    public IReadOnlyDictionary<long, Action<FileTree>> After { get; init; } = new Dictionary<long, Action<FileTree>>();

    /// <summary>Those of a recording; nothing when it uses none.</summary>
    public static RecordedFiles Of(string transcript) =>
        ByName.GetValueOrDefault(transcript) ?? new RecordedFiles(transcript.StartsWith("sandbox/", StringComparison.Ordinal) ? Workspace : _ => { });
}
