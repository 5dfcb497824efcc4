using System.Globalization;

namespace ExecActors.Integration.Tests.Lifetime;

/// <summary>The guardian of a server, found by the marks of the server's processes, which it knows.</summary>
public sealed class GuardianProcess
{
    private const int PrefixDigits = 8;
    private const string Name = "execactors-guardian";
    private readonly string? _leaf;

    private GuardianProcess(int pid, string? leaf)
    {
        Pid = pid;
        _leaf = leaf;
        End = Posix.EndOfProcessAsync(pid);
    }

    /// <summary>Its process.</summary>
    public int Pid { get; }

    /// <summary>Completes when it has ended.</summary>
    public Task End { get; }

    /// <summary>The guardian of the server that started these.</summary>
    public static GuardianProcess Of(Runaways runaways) => Of(MarkOf(runaways.PidOf("leader")));

    /// <summary>Those there are for a process with this mark.</summary>
    public static GuardianProcess Of(string mark) => Assert.Single(All(mark));

    /// <inheritdoc cref="Of(string)"/>
    public static IReadOnlyList<GuardianProcess> All(string mark) =>
    [
        .. Directory.GetDirectories("/proc").Select(Path.GetFileName).OfType<string>().Where(name => char.IsAsciiDigit(name[0]))
            .Select(name => (Pid: int.Parse(name, CultureInfo.InvariantCulture), Words: ProcFs.Arguments(name)))
            .Where(process => process.Words is [_, _, _, Name, var prefix, ..] && prefix == mark[..PrefixDigits])
            .Select(process => new GuardianProcess(process.Pid, process.Words[5])),
    ];

    /// <summary>The soft limit on file locks of a process.</summary>
    public static string MarkOf(int pid) =>
        File.ReadLines($"/proc/{pid}/limits").First(line => line.StartsWith("Max file locks", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];

    /// <summary>What is left of the server's cgroup.</summary>
    public IEnumerable<string> Leaves() => _leaf is { Length: > 0 } leaf && Directory.Exists(leaf) ? [leaf] : [];
}
