using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.FileSystem.Helper;

/// <summary>A helper that was there before a program of the same policy got placeholders for what must not come to be.</summary>
public sealed class WarmHelperTests : HelperTest
{
    /// <summary>01755: how a placeholder looks.</summary>
    private const UnixFileMode Placeholder = (UnixFileMode)0x3ED;

    private static readonly RpcError _busy = new(ErrorCodes.InternalError, "Device or resource busy (os error 16)");

    [SandboxTheory]
    [InlineData(".codex")]
    [InlineData(".git")]
    public void What_is_above_an_absent_name_is_not_taken_away_and_neither_is_what_holds_its_place(string name)
    {
        At.Write("w/ws/sub/f", "F");
        var sandbox = Playground.Sandbox(("/", ProfileAccess.Read), (At.Path("w"), ProfileAccess.Write), (At.Path("w/ws"), ProfileAccess.Write));
        Assert.Equal(default, At.WriteFile(sandbox, "w/ws/warm", "W"));
        var placeholder = MakePlaceholder(At.Path($"w/ws/{name}"));

        Assert.Equal(_busy, At.Refusal(sandbox, new FsRemoveParams(At.Bytes("w/ws"))));
        Assert.Equal(_busy, At.Refusal(sandbox, new FsRenameParams(At.Bytes("w/ws"), At.Bytes("w/moved"))));
        Assert.Equal(_busy, At.Refusal(sandbox, new FsRenameParams(At.Bytes("w/ws/sub"), At.Bytes("w/ws"))));
        Assert.Equal(Playground.ReadOnly, At.Refusal(sandbox, new FsRemoveParams(At.Bytes("w"))));
        foreach (var recursive in new[] { true, false })
        {
            Assert.Equal(Playground.ReadOnly, At.Refusal(sandbox, new FsRemoveParams(At.Bytes($"w/ws/{name}"), Recursive: recursive)));
        }

        Assert.Equal(Playground.ReadOnly, At.Refusal(sandbox, new FsRenameParams(At.Bytes($"w/ws/{name}"), At.Bytes("w/ws/moved"))));
        Assert.Equal(Playground.ReadOnly, At.Refusal(sandbox, new FsRenameParams(At.Bytes("w/ws/sub"), At.Bytes($"w/ws/{name}"))));
        Assert.Equal(Playground.ReadOnly, At.Refusal(sandbox, new FsChmodParams(At.Bytes($"w/ws/{name}"), 0x1FF)));
        Assert.Equal(Playground.ReadOnly, At.WriteFile(sandbox, $"w/ws/{name}/config", "evil"));
        Assert.Equal((true, "F"), (placeholder.Exists, File.ReadAllText(At.Path("w/ws/sub/f"))));
        Assert.Empty(placeholder.EnumerateFileSystemInfos());
        Assert.Equal(1, At.Pool.Count);

        Assert.Equal(default, At.Refusal(sandbox, new FsRemoveParams(At.Bytes("w/ws/sub"))));
    }

    [SandboxFact]
    public void A_link_that_a_program_turns_all_the_time_leads_no_request_behind_a_protected_name()
    {
        const int Slice = 60;
        var (rounds, seed) = (Number("EXECACTORS_FAULT_ROUNDS") ?? Slice, Number("EXECACTORS_FAULT_SEED") ?? 1);
        At.Write("ws/free/f", "F");
        At.Write("ws/tree/sub/x", "X");
        var sandbox = Playground.Sandbox(("/", ProfileAccess.Read), (At.Path("ws"), ProfileAccess.Write));
        Assert.Equal(default, At.WriteFile(sandbox, "ws/warm", "W"));
        var walled = MakePlaceholder(At.Path("ws/.codex"));
        File.CreateSymbolicLink(At.Path("ws/way"), "free");
        var random = new Random(seed);
        using var ended = new CancellationTokenSource();
        var turning = new Thread(() => Turn(ended.Token)) { IsBackground = true };
        turning.Start();
        try
        {
            for (var round = 0; round < rounds; round++)
            {
                Request(sandbox, random.Next(9), round);
                Assert.True(walled.Exists, $"gone in round {round}, seed {seed}");
                Assert.True(!walled.EnumerateFileSystemInfos().Any(), $"something got there in round {round}, seed {seed}");
                Assert.True(IsPlaceholder(walled), $"its mode changed in round {round}, seed {seed}");
            }
        }
        finally
        {
            ended.Cancel();
            turning.Join();
        }
    }

    private void Turn(CancellationToken ended)
    {
        for (var side = 0; !ended.IsCancellationRequested; side ^= 1)
        {
            File.CreateSymbolicLink(At.Path("ws/turned"), side == 0 ? ".codex" : "free");
            while (!LinuxFiles.Rename(At.Bytes("ws/turned"), At.Bytes("ws/way"), replace: true).Succeeded)
            {
                // A request that came while the link was removed made a directory there.
                LinuxFiles.Remove(At.Bytes("ws/way"), recursive: true, force: true, followLinks: true);
            }
        }
    }

    // Whether it is done or refused is luck; where it is done is not.
    private void Request(SandboxContext sandbox, int kind, int round)
    {
        var name = $"n{round}";
        switch (kind)
        {
            case 0:
                At.WriteFile(sandbox, $"ws/way/{name}", "evil");
                break;
            case 1:
                At.Refusal(sandbox, new FsCreateDirectoryParams(At.Bytes($"ws/way/{name}/deep")));
                break;
            case 2:
                At.Write($"ws/source{round}", "evil");
                At.Refusal(sandbox, new FsRenameParams(At.Bytes($"ws/source{round}"), At.Bytes($"ws/way/{name}")));
                break;
            case 3:
                At.Refusal(sandbox, new FsCopyParams(At.Bytes("ws/tree"), At.Bytes($"ws/way/{name}"), Recursive: true));
                break;
            case 4:
                At.Refusal(sandbox, new FsCopyParams(At.Bytes("ws/free/f"), At.Bytes($"ws/way/{name}"), Recursive: false));
                break;
            case 5:
                At.Refusal(sandbox, new FsRemoveParams(At.Bytes("ws/way"), Recursive: true));
                break;
            case 6:
                At.Refusal(sandbox, new FsChmodParams(At.Bytes("ws/way"), 0x1FF));
                break;
            default:
                if (At.Files.TryOpen(new FsOpenParams("h", At.Bytes($"ws/way/{name}"), FsOpenMode.Replace, Atomic: kind == 7), sandbox, Playground.User, out var file, out _))
                {
                    using (file)
                    {
                        file.Commit();
                    }
                }

                break;
        }
    }

    private static int? Number(string name) =>
        System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? int.Parse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture)
            : null;

#pragma warning disable CA1416 // the product and its tests are for Linux
    private static DirectoryInfo MakePlaceholder(string path) => Directory.CreateDirectory(path, Placeholder);

    private static bool IsPlaceholder(DirectoryInfo directory) => File.GetUnixFileMode(directory.FullName) == Placeholder;
#pragma warning restore CA1416
}
