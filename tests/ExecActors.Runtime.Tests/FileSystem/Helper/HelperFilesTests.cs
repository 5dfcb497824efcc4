using System.Text;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.FileSystem.Helper;

/// <summary>What a helper consists of is no more readable by requests than without it.</summary>
public sealed class HelperFilesTests : HelperTest
{
    private static readonly string _app = Path.GetDirectoryName(HelperBinary.Path)!;

    public static TheoryData<string> OwnFiles =>
    [
        "/dev/.execactors",
        "/dev/.execactors/app",
        "/dev/.execactors/app/execactors.dll",
        "/dev/.execactors/lib/libc.so.6",
        "/dev/.execactors/dotnet/host",
        "/lib64/ld-linux-x86-64.so.2",
        "/proc/self/environ",
        "/proc/self/root/etc/hostname",
        "/dev",
        "/proc",
        "/",
    ];

    [SandboxTheory]
    [MemberData(nameof(OwnFiles))]
    public void What_the_policy_does_not_grant_is_absent_though_the_helper_has_it(string path)
    {
        Directory.CreateDirectory(At.Path("ws"));
        File.CreateSymbolicLink(At.Path("ws/link"), path);
        var sandbox = Playground.Sandbox((At.Path("ws"), ProfileAccess.Write));
        foreach (var name in new[] { path, At.Path("ws/link") })
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            Assert.Equal(Playground.NotFound, At.OpenError(sandbox, new FsReadFileParams(bytes)));
            Assert.Equal(Playground.NotFound, At.OpenError(sandbox, new FsOpenParams("h", bytes)));
            Assert.Equal(Playground.NotFound, At.Refusal(sandbox, new FsGetMetadataParams(bytes)));
            Assert.Equal(Playground.NotFound, At.Refusal(sandbox, new FsCanonicalizeParams(bytes)));
            Assert.Equal(Playground.NotFound, At.Refusal(sandbox, new FsReadDirectoryParams(bytes)));
            Assert.Equal(
                Playground.NotFound, At.Refusal(sandbox, new FsWalkParams(bytes, new FsWalkOptions(5, 100, 100, FollowDirectorySymlinks: true))));
        }
    }

    [SandboxFact]
    public void Its_own_folder_can_be_denied_and_is_not_seen_elsewhere()
    {
        At.Write("ws/a.txt", "A");
        var sandbox = Playground.Sandbox(("/", ProfileAccess.Read), (_app, ProfileAccess.Deny), (At.Path("ws"), ProfileAccess.Write));

        Assert.Equal("A", At.Read(sandbox, "ws/a.txt"));
        Assert.Equal(Playground.Denied, At.OpenError(sandbox, new FsReadFileParams(Encoding.UTF8.GetBytes(HelperBinary.Path))));
        Assert.Equal(Playground.NotFound, At.OpenError(sandbox, new FsReadFileParams("/dev/.execactors/app/execactors.dll"u8.ToArray())));
        var walk = At.Result(sandbox, new FsWalkParams("/dev"u8.ToArray(), new FsWalkOptions(9, 1000, 10_000, FollowDirectorySymlinks: true)));
        Assert.DoesNotContain("execactors.dll", walk, StringComparison.Ordinal);
    }

    [SandboxFact]
    public void A_policy_that_shows_its_files_needs_no_place_for_them()
    {
        var sandbox = Playground.Sandbox(("/", ProfileAccess.Read), (At.Path("missing"), ProfileAccess.Deny));

        Assert.DoesNotContain(".execactors", At.Result(sandbox, new FsReadDirectoryParams("/dev"u8.ToArray())), StringComparison.Ordinal);
    }

    [SandboxFact]
    public void A_policy_of_platform_directories_runs_it_too()
    {
        At.Write("ws/a.txt", "A");
        var sandbox = Playground.Sandbox(
            new ProfileEntry(new ProfilePath.Special(SpecialPath.Minimal), ProfileAccess.Read),
            new ProfileEntry(new ProfilePath.Literal(At.Bytes("ws")), ProfileAccess.Read));

        Assert.Equal("A", At.Read(sandbox, "ws/a.txt"));
        Assert.True(At.Files.TryOpen(new FsReadFileParams("/etc/hostname"u8.ToArray()), sandbox, Playground.User, out var file, out var error), error.Message);
        file.Dispose();
        Assert.Equal(Playground.NotFound, At.ReadError(sandbox, "ws/missing"));
        Assert.Equal(Playground.NotFound, At.OpenError(sandbox, new FsReadFileParams(Encoding.UTF8.GetBytes(HelperBinary.Path))));
    }

    [SandboxTheory]
    [InlineData("/usr")]
    [InlineData("/lib64")]
    [InlineData("/usr/lib/x86_64-linux-gnu")]
    public void A_policy_that_shows_part_of_its_libraries_runs_it_too(string granted)
    {
        At.Write("ws/a.txt", "A");

        Assert.Equal("A", At.Read(Playground.Sandbox((granted, ProfileAccess.Read), (At.Path("ws"), ProfileAccess.Read)), "ws/a.txt"));
    }

    [SandboxFact]
    public void Its_memory_cannot_be_written()
    {
        var sandbox = Playground.Sandbox(("/", ProfileAccess.Write), (At.Path("missing"), ProfileAccess.Deny));

        Assert.Equal(Playground.Denied, At.OpenError(sandbox, new FsOpenParams("h", "/proc/self/mem"u8.ToArray(), FsOpenMode.Replace)));
        Assert.Equal(Playground.Denied, At.OpenError(sandbox, new FsOpenParams("h", "/proc/thread-self/mem"u8.ToArray(), FsOpenMode.Replace)));
    }

    [SandboxFact]
    public void It_sees_no_process_but_its_own()
    {
        var sandbox = Playground.Sandbox(("/", ProfileAccess.Read), (At.Path("missing"), ProfileAccess.Deny));

        Assert.DoesNotContain($"\"{System.Environment.ProcessId}\"", At.Result(sandbox, new FsReadDirectoryParams("/proc"u8.ToArray())), StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_is_none_is_refused_with_what_to_set()
    {
        var refused = Assert.Throws<SandboxException>(() => HelperProgram.Find("/nonexistent/program"));

        Assert.Equal(
            "the program /nonexistent/program that should do sandboxed file work is no program; set sandbox.helper-command to one that begins with FsHelper.TryRun",
            refused.Message);
    }
}
