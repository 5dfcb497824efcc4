using ExecActors.Protocol;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.FileSystem.Helper;

public sealed class NeverStaleTests : HelperTest
{
    public static TheoryData<string> ProtectedNames => [".git", ".codex", ".agents"];

    [SandboxTheory]
    [MemberData(nameof(ProtectedNames))]
    public void A_protected_name_that_is_absent_is_not_made_by_any_method_and_shows_nowhere(string name)
    {
        At.Write("ws/a.txt", "A");
        At.Write($"ws/tree/{name}/config", "evil");
        var sandbox = Workspace();

        Assert.Equal(Playground.ReadOnly, At.Refusal(sandbox, new FsCreateDirectoryParams(At.Bytes($"ws/{name}"))));
        Assert.Equal(Playground.ReadOnly, At.Refusal(sandbox, new FsCreateDirectoryParams(At.Bytes($"ws/{name}/hooks"))));
        Assert.Equal(Playground.ReadOnly, At.WriteFile(sandbox, $"ws/{name}", "gitdir: evil"));
        Assert.NotEqual(default, At.WriteFile(sandbox, $"ws/{name}/config", "x"));
        Assert.Equal(Playground.ReadOnly, At.OpenError(sandbox, new FsOpenParams("h", At.Bytes($"ws/{name}"), FsOpenMode.Replace)));
        Assert.Equal(Playground.ReadOnly, At.OpenError(sandbox, new FsOpenParams("h", At.Bytes($"ws/{name}"), FsOpenMode.Replace, Atomic: true)));
        Assert.NotEqual(default, At.Refusal(sandbox, new FsCopyParams(At.Bytes("ws/a.txt"), At.Bytes($"ws/{name}"), Recursive: false)));
        Assert.NotEqual(default, At.Refusal(sandbox, new FsRenameParams(At.Bytes("ws/a.txt"), At.Bytes($"ws/{name}"))));
        Assert.NotEqual(default, At.Refusal(sandbox, new FsRenameParams(At.Bytes($"ws/tree/{name}"), At.Bytes($"ws/{name}"))));

        // A tree that brings the name along, moved to where the root was, or copied onto the root itself: the copy stops there.
        Assert.NotEqual(default, At.Refusal(sandbox, new FsCopyParams(At.Bytes("ws/tree"), At.Bytes("ws"), Recursive: true)));

        Assert.False(Path.Exists(At.Path($"ws/{name}")));
        Assert.Equal(Playground.NotFound, At.Refusal(sandbox, new FsGetMetadataParams(At.Bytes($"ws/{name}"))));
    }

    [SandboxFact]
    public void A_link_does_not_help_to_make_a_protected_name()
    {
        Directory.CreateDirectory(At.Path("ws"));
        File.CreateSymbolicLink(At.Path("ws/self"), ".");
        File.CreateSymbolicLink(At.Path("ws/dangling"), ".git");
        var sandbox = Workspace();

        Assert.Equal(Playground.ReadOnly, At.WriteFile(sandbox, "ws/self/.git", "x"));
        Assert.Equal(Playground.ReadOnly, At.Refusal(sandbox, new FsCreateDirectoryParams(At.Bytes("ws/self/.git/hooks"))));
        Assert.Equal(Playground.ReadOnly, At.WriteFile(sandbox, "ws/dangling", "x"));
        Assert.NotEqual(default, At.Refusal(sandbox, new FsCopyParams(At.Bytes("ws/self"), At.Bytes("ws/self/.git"), Recursive: true)));

        // The content is what counts: the empty file that opening made is gone, or was never there.
        Assert.True(!Path.Exists(At.Path("ws/.git")) || new FileInfo(At.Path("ws/.git")).Length == 0);
    }

    [SandboxFact]
    public void A_protected_name_that_somebody_else_makes_while_a_helper_lives_is_protected()
    {
        At.Write("ws/a.txt", "A");
        var sandbox = Workspace();
        Assert.Equal(default, At.WriteFile(sandbox, "ws/b.txt", "B"));
        var before = Assert.Single(Playground.HelperPids());

        At.Write("ws/.git/config", "G");

        Assert.Equal("G", At.Read(sandbox, "ws/.git/config"));
        Assert.Equal(Playground.ReadOnly, At.WriteFile(sandbox, "ws/.git/config", "evil"));
        Assert.Equal(Playground.ReadOnly, At.WriteFile(sandbox, "ws/.git/hook", "evil"));
        Assert.Equal(Playground.ReadOnly, At.Refusal(sandbox, new FsRemoveParams(At.Bytes("ws/.git/config"))));
        Assert.Equal(default, At.WriteFile(sandbox, "ws/c.txt", "C"));
        Assert.Equal("G", File.ReadAllText(At.Path("ws/.git/config")));
        Assert.Contains(before, Playground.HelperPids()); // the earlier one waits for its idle time to pass, unused
        Assert.Equal(2, At.Pool.Count);
    }

    [SandboxFact]
    public void A_tree_moved_into_the_place_of_a_root_brings_no_protected_name()
    {
        At.Write("all/tree/.git/config", "evil");
        Directory.CreateDirectory(At.Path("all/ws"));
        var sandbox = Playground.Sandbox(
            ("/", ProfileAccess.Read), (At.Path("all"), ProfileAccess.Write), (At.Path("all/ws"), ProfileAccess.Write));

        Assert.NotEqual(default, At.Refusal(sandbox, new FsRenameParams(At.Bytes("all/tree"), At.Bytes("all/ws"))));
        Assert.False(Path.Exists(At.Path("all/ws/.git")));
        Assert.Equal(default, At.Refusal(sandbox, new FsRenameParams(At.Bytes("all/tree"), At.Bytes("all/other"))));

        // A root in another one is a mount of its own, for requests as for programs.
        var crossing = new RpcError(ErrorCodes.InternalError, "Invalid cross-device link (os error 18)");
        Assert.Equal(crossing, At.Refusal(sandbox, new FsRenameParams(At.Bytes("all/other"), At.Bytes("all/ws/tree"))));
    }

    [SandboxFact]
    public void A_deeper_protected_name_is_not_protected()
    {
        Directory.CreateDirectory(At.Path("ws/sub"));

        Assert.Equal(default, At.Refusal(Workspace(), new FsCreateDirectoryParams(At.Bytes("ws/sub/.git"))));
        Assert.Equal(default, At.WriteFile(Workspace(), "ws/sub/.git/config", "G"));
    }

    [SandboxFact]
    public void Patterns_see_new_files()
    {
        At.Write("ws/a.env", "secret");
        var sandbox = Playground.Sandbox(
            new ProfileEntry(new ProfilePath.Special(SpecialPath.Root), ProfileAccess.Read),
            new ProfileEntry(new ProfilePath.Literal(At.Bytes("ws")), ProfileAccess.Write),
            new ProfileEntry(new ProfilePath.Glob(At.Path("ws") + "/**/*.env"), ProfileAccess.Deny));

        Assert.Equal(Playground.Denied, At.ReadError(sandbox, "ws/a.env"));
        At.Write("ws/sub/b.env", "secret");
        Assert.Equal(Playground.Denied, At.ReadError(sandbox, "ws/sub/b.env"));
        Assert.Equal(default, At.WriteFile(sandbox, "ws/c.env", "of the client itself"));
        Assert.Equal(Playground.Denied, At.ReadError(sandbox, "ws/c.env"));
    }

    [SandboxFact]
    public void A_root_that_is_replaced_is_seen_anew()
    {
        At.Write("ws/a.txt", "old");
        var sandbox = Workspace();
        Assert.Equal("old", At.Read(sandbox, "ws/a.txt"));

        Directory.Move(At.Path("ws"), At.Path("was"));
        At.Write("ws/a.txt", "new");

        Assert.Equal("new", At.Read(sandbox, "ws/a.txt"));
    }

    private SandboxContext Workspace() => Playground.Sandbox(("/", ProfileAccess.Read), (At.Path("ws"), ProfileAccess.Write));
}
