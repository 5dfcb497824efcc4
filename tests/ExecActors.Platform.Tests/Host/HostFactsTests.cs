using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Host;

public sealed class HostFactsTests
{
    private static readonly (string Home, string Shell)? _root = ("/home/of/entry", "/bin/bash");

    [Fact]
    public void They_are_the_same_on_every_reading_and_absolute()
    {
        var facts = HostFacts.Read();

        Assert.Equivalent(HostFacts.Read(), facts, strict: true);
        Assert.Matches("^sha256:[0-9a-f]{64}$", facts.ProviderId);
        Assert.All([facts.ShellPath, facts.CurrentDirectory.Path, facts.TemporaryDirectory], path => Assert.StartsWith("/", path, StringComparison.Ordinal));
        Assert.Equal(new WorkingDirectory(Environment.CurrentDirectory, IsGone: false), facts.CurrentDirectory);
        Assert.NotEmpty(facts.HostName);
    }

    [Fact]
    public void The_provider_id_tells_machines_apart_and_hides_them()
    {
        string Id(string machine) => HostFacts.Read(_ => null, _root, machine).ProviderId;

        Assert.NotEqual(Id("0123456789abcdef0123456789abcdef"), Id("0123456789abcdef0123456789abcdee"), StringComparer.Ordinal);
        Assert.DoesNotContain("0123456789", Id("0123456789abcdef0123456789abcdef"), StringComparison.Ordinal);
        Assert.Equal(Id(Environment.MachineName), HostFacts.Read(_ => null, _root, machineId: null).ProviderId);
    }

    [Theory]
    [InlineData("/chosen", "/chosen")]
    [InlineData("", "/home/of/entry")]
    [InlineData(null, "/home/of/entry")]
    [InlineData("not/absolute", "/home/of/entry")]
    public void Home_is_what_the_environment_says_and_else_the_user_entry(string? variable, string expected) =>
        Assert.Equal(expected, Read(("HOME", variable)).HomeDirectory);

    [Fact]
    public void Without_either_there_is_no_home() =>
        Assert.Null(HostFacts.Read(_ => null, user: null, "machine").HomeDirectory);

    [Fact]
    public void The_temporary_directory_is_tmpdir_and_else_tmp()
    {
        var chosen = Read(("TMPDIR", "/var/tmp"));
        Assert.Equal("/var/tmp", chosen.TemporaryDirectory);
        Assert.Equal(["/var/tmp"], chosen.TemporaryDirectories);

        var unset = Read(("TMPDIR", ""));
        Assert.Equal("/tmp", unset.TemporaryDirectory);
        Assert.Empty(unset.TemporaryDirectories);
    }

    [Fact]
    public void A_known_login_shell_that_can_be_run_is_the_shell()
    {
        using var folder = new TemporaryFolder();
        var zsh = folder.WriteProgram("zsh", "");

        Assert.Equal(("zsh", zsh), Shell(zsh, "/bin"));
        Assert.Equal(("sh", "/bin/sh"), Shell("/bin/sh", "/bin"));
    }

    [Theory]
    [InlineData("/usr/bin/fish")]
    [InlineData("/no/such/zsh")]
    [InlineData("")]
    [InlineData(null)]
    public void Otherwise_bash_is_looked_for_in_the_path(string? login)
    {
        using var folder = new TemporaryFolder();
        var bash = folder.WriteProgram("bash", "");
        folder.WriteProgram("zsh", "");

        Assert.Equal(("bash", bash), Shell(login, $"relative:{folder.Path}:/bin"));
    }

    [Fact]
    public void A_terminals_shell_can_be_run() => Assert.True(UserEntry.IsProgram(UserEntry.TerminalShell()));

    private static (string Name, string Path) Shell(string? login, string path)
    {
        var facts = HostFacts.Read(name => string.Equals(name, "PATH", StringComparison.Ordinal) ? path : null, login is null ? null : ("/", login), "machine");
        return (facts.ShellName, facts.ShellPath);
    }

    private static HostFacts Read((string Name, string? Value) variable) =>
        HostFacts.Read(name => string.Equals(name, variable.Name, StringComparison.Ordinal) ? variable.Value : null, _root, "machine");
}
