using ExecActors.Testing;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static ExecActors.Platform.Tests.Sandboxed;

namespace ExecActors.Platform.Tests;

/// <summary>Any policy on a small tree against a model that looks at each path by itself, and for real.</summary>
public sealed class PrecedenceTests(HostFixture fixture) : IClassFixture<HostFixture>, IDisposable
{
    private static readonly string[] _directories = ["", "a", "a/b", "a/b/.git", "a/b/c", "a/.git", "d", "d/.codex", "d/.codex/e"];
    private static readonly SandboxAccess[] _accesses = [SandboxAccess.Read, SandboxAccess.Write, SandboxAccess.Deny];

    private readonly TemporaryFolder _folder = MakeTree();

    private IEnumerable<UnixPath> Directories => _directories.Select(name => UnixPath.FromText($"{_folder.Path}/{name}"));

    private IEnumerable<UnixPath> Files => Directories.Select(directory => directory.Child("f"));

    public void Dispose() => _folder.Dispose();

    [Property(MaxTest = 300)]
    public Property The_plan_gives_every_path_what_the_model_gives_it(byte root, (byte Path, byte Access)[] entries)
    {
        var policy = Policy(root, entries);
        var plan = policy.Plan();
        var wrong = Directories.Concat(Files)
            .Where(path => plan.AccessTo(path) != Model.Access(policy, path))
            .Select(path => $"{path}: {plan.AccessTo(path)} instead of {Model.Access(policy, path)}")
            .ToArray();
        var absent = Directories.SelectMany(directory => Model.Absent(policy, directory)).ToHashSet();
        return (wrong.Length == 0).Label(string.Join("; ", wrong)).And(absent.SetEquals(plan.Absent).Label(string.Join("; ", plan.Absent)));
    }

    [SandboxFact]
    public async Task A_program_can_do_what_the_model_says_and_no_more()
    {
        var random = new Random(20260101);
        for (var round = 0; round < 40; round++)
        {
            var entries = Enumerable.Range(0, random.Next(1, 7)).Select(_ => ((byte)random.Next(256), (byte)random.Next(256))).ToArray();
            var policy = Policy((byte)round, entries);
            var script = string.Concat(Files.Select(file =>
                $"r=-; w=-; cat {file} >/dev/null 2>&1 && r=r; (: >> {file}) 2>/dev/null && w=w; echo {file} $r$w\n"));
            var expected = Files.Select(file => $"{file} {Rights(Model.Access(policy, file))}");
            Assert.Equal(string.Join('\n', expected), await SayAsync(fixture.Host, policy, "/", script));
        }
    }

    private static string Rights(SandboxAccess access) => access is SandboxAccess.Write ? "rw" : access is SandboxAccess.Read ? "r-" : "--";

    private static TemporaryFolder MakeTree()
    {
        var folder = new TemporaryFolder();
        foreach (var directory in _directories)
        {
            folder.Write($"{directory}/f".TrimStart('/'), "content");
        }

        return folder;
    }

    private SandboxPolicy Policy(byte root, (byte Path, byte Access)[] entries)
    {
        var paths = Directories.Concat(Files).ToArray();
        var own = entries.Select(entry => new SandboxEntry(paths[entry.Path % paths.Length], _accesses[entry.Access % _accesses.Length])).ToArray();
        return (root % 3) switch
        {
            0 => Minimal(own),
            1 => Sandboxed.Policy([Read("/"), .. own]),
            _ => Sandboxed.Policy([Write("/"), .. own]),
        };
    }

    /// <summary>Sections 7.4 word by word, for one path at a time.</summary>
    private static class Model
    {
        public static SandboxAccess Access(SandboxPolicy policy, UnixPath path)
        {
            var all = policy.Entries.Concat(Protected(policy)).Where(entry => path.IsAtOrBelow(entry.Path)).ToArray();
            if (all.Length == 0)
            {
                return SandboxAccess.None;
            }

            var nearest = all.Max(entry => entry.Path.Raw.Length);
            return all.Where(entry => entry.Path.Raw.Length == nearest).Max(entry => entry.Access);
        }

        public static IEnumerable<UnixPath> Absent(SandboxPolicy policy, UnixPath directory) =>
            Roots(policy).Contains(directory)
                ? SandboxPolicy.ProtectedNames.Select(directory.Child).Where(path => !Directory.Exists(path.ToString()))
                : [];

        private static IEnumerable<SandboxEntry> Protected(SandboxPolicy policy) =>
            from root in Roots(policy)
            from name in SandboxPolicy.ProtectedNames
            let path = root.Child(name)
            where policy.Entries.All(entry => entry.Path != path)
            select new SandboxEntry(path, SandboxAccess.Read);

        private static UnixPath[] Roots(SandboxPolicy policy) =>
            policy.Entries.Contains(Write("/"))
                ? []
                : [.. policy.Entries
                    .Where(entry => entry.Access == SandboxAccess.Write && Directory.Exists(entry.Path.ToString()))
                    .Where(entry => !policy.Entries.Any(other => other.Path == entry.Path && other.Access == SandboxAccess.Deny))
                    .Where(entry => !SandboxPolicy.ProtectedNames.Contains(entry.Path.Name))
                    .Select(entry => entry.Path)
                    .Distinct()];
    }
}
