using System.Diagnostics;
using System.Text;

using ExecActors.Protocol;
using ExecActors.Runtime.FileSystem;
using ExecActors.Runtime.Frames;
using ExecActors.Testing;

using Newtonsoft.Json.Linq;

namespace ExecActors.Runtime.Tests.FileSystem.Helper;

public sealed class SandboxedFilesTests : HelperTest
{
    [SandboxFact]
    public void What_is_granted_is_read_and_written_and_the_rest_is_absent()
    {
        At.Write("ws/a.txt", "A");
        At.Write("out/secret", "S");
        var sandbox = Playground.Sandbox((At.Path("ws"), ProfileAccess.Write));

        Assert.Equal("A", At.Read(sandbox, "ws/a.txt"));
        Assert.Equal(default, At.WriteFile(sandbox, "ws/new", "N"));
        Assert.Equal("N", File.ReadAllText(At.Path("ws/new")));
        Assert.Equal(Playground.NotFound, At.ReadError(sandbox, "out/secret"));
        Assert.Equal(Playground.NotFound, At.WriteFile(sandbox, "out/new", "x"));
        foreach (var request in Reading("out"))
        {
            Assert.Equal(Playground.NotFound, At.Refusal(sandbox, request));
        }

        Assert.Equal(1, At.Pool.Count);
    }

    [SandboxFact]
    public void What_is_readable_only_is_a_read_only_file_system()
    {
        At.Write("ws/a.txt", "A");
        At.Write("out/b.txt", "B");
        var sandbox = Playground.Sandbox(("/", ProfileAccess.Read), (At.Path("ws"), ProfileAccess.Write));

        Assert.Equal("B", At.Read(sandbox, "out/b.txt"));
        Assert.Equal(Playground.ReadOnly, At.WriteFile(sandbox, "out/b.txt", "x"));
        Assert.Equal(Playground.ReadOnly, At.Refusal(sandbox, new FsCreateDirectoryParams(At.Bytes("out/d"))));
        Assert.Equal(Playground.ReadOnly, At.Refusal(sandbox, new FsRemoveParams(At.Bytes("out/b.txt"))));
        Assert.Equal(Playground.ReadOnly, At.Refusal(sandbox, new FsCopyParams(At.Bytes("ws/a.txt"), At.Bytes("out/c"), Recursive: false)));
        Assert.Equal(Playground.ReadOnly, At.Refusal(sandbox, new FsChmodParams(At.Bytes("out/b.txt"), 0x1FF)));
        Assert.Equal("B", File.ReadAllText(At.Path("out/b.txt")));
    }

    [SandboxFact]
    public void What_is_denied_is_permission_denied()
    {
        At.Write("ws/a.txt", "A");
        At.Write("ws/d/f", "F");
        var sandbox = Playground.Sandbox(
            ("/", ProfileAccess.Read), (At.Path("ws"), ProfileAccess.Write), (At.Path("ws/a.txt"), ProfileAccess.Deny), (At.Path("ws/d"), ProfileAccess.Deny));

        Assert.Equal(Playground.Denied, At.ReadError(sandbox, "ws/a.txt"));
        Assert.Equal(Playground.Denied, At.ReadError(sandbox, "ws/d/f"));
        Assert.Equal(Playground.Denied, At.Refusal(sandbox, new FsReadDirectoryParams(At.Bytes("ws/d"))));
        Assert.Equal(Playground.Denied, At.WriteFile(sandbox, "ws/d/g", "x"));
        Assert.Equal(default, At.WriteFile(sandbox, "ws/x", "x"));
    }

    [SandboxFact]
    public void Links_lead_nowhere_they_are_not_allowed_to()
    {
        At.Write("ws/a.txt", "A");
        At.Write("out/secret", "S");
        File.CreateSymbolicLink(At.Path("ws/escape"), At.Path("out"));
        File.CreateSymbolicLink(At.Path("ws/file"), At.Path("out/secret"));
        var sandbox = Playground.Sandbox((At.Path("ws"), ProfileAccess.Write));

        Assert.Equal(Playground.NotFound, At.ReadError(sandbox, "ws/escape/secret"));
        Assert.Equal(Playground.NotFound, At.ReadError(sandbox, "ws/file"));
        Assert.Equal(Playground.NotFound, At.WriteFile(sandbox, "ws/escape/new", "x"));
        Assert.Equal(Playground.NotFound, At.WriteFile(sandbox, "ws/file", "x"));
        Assert.Equal(Playground.NotFound, At.Refusal(sandbox, new FsCanonicalizeParams(At.Bytes("ws/file"))));
        Assert.Equal(default, At.Refusal(sandbox, new FsCopyParams(At.Bytes("ws/file"), At.Bytes("ws/file2"), Recursive: false)));
        Assert.Equal(At.Path("out/secret"), new FileInfo(At.Path("ws/file2")).LinkTarget);
        Assert.Equal(default, At.Refusal(sandbox, new FsRemoveParams(At.Bytes("ws/escape"))));
        Assert.Equal("S", File.ReadAllText(At.Path("out/secret")));
    }

    [SandboxFact]
    public void Every_path_method_answers_as_it_does_without_a_sandbox()
    {
        At.Write("ws/a.txt", "A");
        At.Write("ws/d/f", "F");
        Directory.CreateDirectory(At.Path("ws/.git"));
        Directory.CreateDirectory(At.Path("ws/.codex"));
        Directory.CreateDirectory(At.Path("ws/.agents"));
        Directory.CreateDirectory(At.Path("ws/.aws"));
        var sandbox = Playground.Sandbox((At.Path("ws"), ProfileAccess.Write));
        object[] requests =
        [
            .. Reading("ws"),
            .. Reading("ws/a.txt"),
            .. Reading("ws/missing"),
            new FsWalkParams(At.Bytes("ws"), new FsWalkOptions(0, 0, 0, FollowDirectorySymlinks: false)),
        ];

        foreach (var request in requests)
        {
            using var direct = new FrameBuffer(64);
            var refusal = FileExecutor.Execute(request, direct);
            using var expected = direct.Take();
            if (refusal is { } error)
            {
                Assert.Equal(error, At.Refusal(sandbox, request));
            }
            else
            {
                Assert.Equal(Encoding.UTF8.GetString(expected.Span), At.Result(sandbox, request));
            }
        }

        Assert.Equal("{}", At.Result(sandbox, new FsCreateDirectoryParams(At.Bytes("ws/e/f"))));
        Assert.Equal("{}", At.Result(sandbox, new FsCopyParams(At.Bytes("ws/d"), At.Bytes("ws/e/g"), Recursive: true)));
        Assert.Equal("{}", At.Result(sandbox, new FsRenameParams(At.Bytes("ws/a.txt"), At.Bytes("ws/e/a.txt"))));
        Assert.Equal("{}", At.Result(sandbox, new FsChmodParams(At.Bytes("ws/e/a.txt"), 0x100)));
        Assert.Equal("{}", At.Result(sandbox, new FsRemoveParams(At.Bytes("ws/d"))));
        Assert.Equal("F", File.ReadAllText(At.Path("ws/e/g/f")));
        Assert.True(new FileInfo(At.Path("ws/e/a.txt")).IsReadOnly);
        Assert.False(Directory.Exists(At.Path("ws/d")));
        Assert.Equal(1, At.Pool.Count); // none of the protected names is absent, so one helper does it all
    }

    [SandboxFact]
    public void A_result_of_many_packets_comes_whole()
    {
        var names = Enumerable.Range(0, 3000).Select(number => $"a-rather-long-name-for-a-file-{number}").ToArray();
        Array.ForEach(names, name => At.Write($"ws/{name}", ""));
        var sandbox = Playground.Sandbox((At.Path("ws"), ProfileAccess.Read));

        var listed = JObject.Parse(At.Result(sandbox, new FsReadDirectoryParams(At.Bytes("ws"))))["entries"]!.Select(entry => (string)entry["fileName"]!);

        Assert.Equal(names.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [SandboxFact]
    public void An_opened_file_outlives_its_helper()
    {
        At.Write("ws/a.txt", "A");
        var sandbox = Playground.Sandbox((At.Path("ws"), ProfileAccess.Write));
        Assert.True(At.Files.TryOpen(new FsOpenParams("r", At.Bytes("ws/a.txt")), sandbox, Playground.User, out var read, out _));
        Assert.True(At.Files.TryOpen(new FsOpenParams("w", At.Bytes("ws/b.txt"), FsOpenMode.Replace), sandbox, Playground.User, out var write, out _));
        Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(0, At.Pool.Count);

        using (read)
        using (write)
        {
            var buffer = new byte[8];
            Assert.True(read.ReadAt(buffer, 0, out var count).Succeeded);
            Assert.Equal(1, count);
            Assert.True(write.WriteAt("BB"u8, 1).Succeeded);
            Assert.Equal("\0BB", File.ReadAllText(At.Path("ws/b.txt")));
        }
    }

    [SandboxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_atomic_replacement_takes_its_place_when_it_is_committed_and_not_before(bool commits)
    {
        At.Write("ws/a.txt", "old");
        var sandbox = Playground.Sandbox((At.Path("ws"), ProfileAccess.Write));
        Assert.True(At.Files.TryOpen(new FsOpenParams("w", At.Bytes("ws/a.txt"), FsOpenMode.Replace, Atomic: true), sandbox, Playground.User, out var file, out var error), error.Message);
        using (file)
        {
            Assert.True(file.WriteAt("new"u8, 0).Succeeded);
            Assert.Equal("old", File.ReadAllText(At.Path("ws/a.txt")));
            if (commits)
            {
                Assert.Equal(default, file.Commit());
            }
        }

        Assert.Equal(commits ? "new" : "old", File.ReadAllText(At.Path("ws/a.txt")));
        Assert.Equal(At.Path("ws/a.txt"), Assert.Single(Directory.GetFileSystemEntries(At.Path("ws"))));
    }

    [SandboxFact]
    public void A_hard_link_inside_reaches_its_file_as_with_the_reference_server()
    {
        At.Write("out/secret", "S");
        Directory.CreateDirectory(At.Path("ws"));
        using (var link = Process.Start("ln", [At.Path("out/secret"), At.Path("ws/hard")]))
        {
            link.WaitForExit();
        }

        Assert.Equal("S", At.Read(Playground.Sandbox((At.Path("ws"), ProfileAccess.Read)), "ws/hard"));
    }

    [SandboxFact]
    public async Task Helpers_end_when_nobody_wants_them()
    {
        At.Write("ws/a.txt", "A");
        Assert.Equal("A", At.Read(Playground.Sandbox((At.Path("ws"), ProfileAccess.Read)), "ws/a.txt"));
        var helper = Assert.Single(Playground.HelperPids());

        Clock.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, At.Pool.Count);
        Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(0, At.Pool.Count);
        await ProcessTable.WaitUntilGoneAsync(helper);
    }

    private object[] Reading(string name) =>
    [
        new FsGetMetadataParams(At.Bytes(name)),
        new FsCanonicalizeParams(At.Bytes(name)),
        new FsReadDirectoryParams(At.Bytes(name)),
        new FsWalkParams(At.Bytes(name), new FsWalkOptions(3, 10, 10, FollowDirectorySymlinks: false)),
    ];
}
