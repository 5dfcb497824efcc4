using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Sandbox;
using ExecActors.Testing;
using ExecActors.Testing.Fuzzing;

namespace ExecActors.Runtime.Tests.Fuzzing;

/// <summary>Any policy that can be read is mapped and planned, or refused with words; nothing that it denies is left out, nothing that it does not grant is added.</summary>
public sealed class PolicyFuzzTests : IDisposable
{
    private static readonly SandboxLimits _limits = new() { GlobScanEntries = 300, Mounts = 50 };
    private readonly TemporaryFolder _folder = new();
    private int _mapped;

    [Fact]
    public async Task A_policy_is_enforced_whole_or_refused()
    {
        _folder.Write("ws/.git/config", "x");
        _folder.Write("ws/deep/er/a.env", "x");
        var corpus = Fuzzer.Corpus("frames.txt").Where(frame => frame.AsSpan().IndexOf("\"permissions\""u8) >= 0 && frame.AsSpan().IndexOf("\"fs/"u8) >= 0);
        await Fuzzer.RunAsync(
            nameof(PolicyFuzzTests), "ExecActors.Runtime.Tests", [.. Fuzzer.Regressions(nameof(PolicyFuzzTests)), .. corpus], slice: 6_000, Check,
            (random, inputs) => random.Next(3) == 0 ? new ByteMutator(random, inputs).Next() : new JsonMutator(random, inputs).Next());
        Assert.True(_mapped > 0, "no policy came as far as the mapper");
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private void Check(byte[] input)
    {
        if (!EnvelopeScanner.TryScan(input, out var envelope, out _)
            || !FsGetMetadataParams.TryDecode(input.AsMemory(envelope.ParamsOffset, envelope.ParamsLength), out var value, out _)
            || value.Sandbox is not { } context)
        {
            return; // other targets look at these
        }

        _mapped++;
        var mapped = SandboxPolicyMapper.TryMap(context, cwd: null, temporaryDirectory: "/tmp", out var policy, out var refusal);
        Assert.Equal(mapped, string.IsNullOrEmpty(refusal.Message));
        if (!mapped)
        {
            return;
        }

        var entries = context.Permissions is PermissionProfile.Managed { FileSystem: FileSystemProfile.Restricted restricted } ? restricted.Entries : [];
        Assert.Equal(entries.Count > 0 || context.Permissions is PermissionProfile.Managed { FileSystem: FileSystemProfile.Restricted }, policy.RestrictsFiles);
        foreach (var entry in entries.Where(entry => entry.Access == ProfileAccess.Deny))
        {
            AssertDenied(entry.Path, policy);
        }

        Assert.True(
            entries.Any(entry => entry.Access == ProfileAccess.Write) || policy.Entries.All(entry => entry.Access != SandboxAccess.Write),
            "the policy grants writing and the profile does not");
        Plan(policy);
    }

    private static void AssertDenied(ProfilePath path, SandboxPolicy policy)
    {
        switch (path)
        {
            case ProfilePath.Literal literal:
                var denied = UnixPath.FromBytes(literal.Path);
                Assert.Contains(policy.Entries, entry => entry.Access == SandboxAccess.Deny && entry.Path.Equals(denied));
                break;
            case ProfilePath.Glob:
                Assert.Contains(policy.Globs, glob => glob.Access == SandboxAccess.Deny);
                break;
            default:
                break; // a word may stand for no place at all
        }
    }

    /// <summary>Plans the policy with the paths as they are, bounded, which may be refused.</summary>
    private static void Plan(SandboxPolicy policy)
    {
        try
        {
            var plan = MountPlan.Make(policy, _limits);
            Assert.NotEqual(SandboxAccess.Deny, plan.AccessTo(UnixPath.Root));
        }
        catch (SandboxException refused)
        {
            Assert.NotEmpty(refused.Message);
        }
    }
}
