using System.Text.RegularExpressions;
using FsCheck.Xunit;

namespace ExecActors.Protocol.Tests.Process;

public sealed class EnvPolicyTests
{
    private static readonly Dictionary<string, string> s_server = Env(
        ("PATH", "/bin"),
        ("HOME", "/root"),
        ("home", "h"),
        ("LANG", "C"),
        ("LC_MESSAGES", "C"),
        ("TERM", "xterm"),
        ("FOO", "foo"),
        ("FOOBAR", "foobar"),
        ("MY_API_KEY", "k"),
        ("Some_Token", "t"),
        ("MYSECRET", "s"),
        ("KEYBOARD", "kb"),
        ("CODEX_EXEC_SERVER_EXIT_ON_STDIN_CLOSE", "1"),
        ("Codex_Exec_Server_Noise_Auth_TOKEN", "n"));

    [Fact]
    public void Without_a_policy_the_child_gets_the_requests_env_alone() =>
        AssertEnv("A=only", EnvPolicy.Apply(s_server, null, Env(("A", "only"))));

    [Fact]
    public void All_is_the_servers_environment_without_what_looks_secret()
    {
        AssertEnv("FOO=foo FOOBAR=foobar HOME=/root LANG=C LC_MESSAGES=C PATH=/bin TERM=xterm home=h", Apply(EnvInherit.All));
        AssertEnv(
            "FOO=foo FOOBAR=foobar HOME=/root KEYBOARD=kb LANG=C LC_MESSAGES=C MYSECRET=s MY_API_KEY=k PATH=/bin Some_Token=t TERM=xterm home=h",
            Apply(EnvInherit.All, ignoreDefaultExcludes: true));
    }

    [Fact]
    public void Core_is_a_few_names_of_any_case() => AssertEnv("HOME=/root LANG=C PATH=/bin home=h", Apply(EnvInherit.Core));

    [Fact]
    public void None_is_nothing() => AssertEnv("", Apply(EnvInherit.None));

    [Fact]
    public void Exclude_drops_inherited_names_but_not_what_is_set() =>
        AssertEnv("FOO=set HOME=/root PATH=/bin home=h", Apply(EnvInherit.All, exclude: ["foo*", "L???*", "TERM"], set: [("FOO", "set")]));

    [Fact]
    public void What_is_set_may_look_secret() => AssertEnv("SET_TOKEN=x", Apply(EnvInherit.None, set: [("SET_TOKEN", "x")]));

    [Fact]
    public void Include_only_filters_what_is_set_too_but_not_the_requests_env() =>
        AssertEnv("A=env FOO=foo FOOBAR=set", Apply(EnvInherit.All, set: [("FOOBAR", "set"), ("B", "set")], includeOnly: ["foo*"], env: [("A", "env")]));

    [Fact]
    public void The_requests_env_comes_last() =>
        AssertEnv("A=env B=set ENV_TOKEN=x", Apply(EnvInherit.None, exclude: ["A"], set: [("A", "set"), ("B", "set")], env: [("A", "env"), ("ENV_TOKEN", "x")]));

    [Fact]
    public void What_steers_the_server_is_removed_even_from_the_requests_env()
    {
        (string, string)[] own =
        [
            ("CODEX_EXEC_SERVER_EXIT_ON_STDIN_CLOSE", "1"), ("codex_exec_server_exit_on_stdin_close", "kept"), ("CODEX_EXEC_SERVER_NOISE_AUTH_TOKEN", "1"), ("codex_exec_server_noise_auth_token", "1"),
        ];

        AssertEnv("codex_exec_server_exit_on_stdin_close=kept", Apply(EnvInherit.None, env: own));
        AssertEnv("codex_exec_server_exit_on_stdin_close=kept", EnvPolicy.Apply(s_server, null, Env(own)));
    }

    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("*", "", true)]
    [InlineData("***", "abc", true)]
    [InlineData("?", "", false)]
    [InlineData("?", "ab", false)]
    [InlineData("a*", "ABC", true)]
    [InlineData("*c", "abcc", true)]
    [InlineData("a*b*c", "a-b-b-c", true)]
    [InlineData("a*b*c", "a-b-b-", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("[a]", "a", false)]
    [InlineData("[a]", "[A]", true)]
    [InlineData("a.c", "abc", false)]
    [InlineData("*?b", "ab", true)]
    [InlineData("*?b", "b", false)]
    public void A_pattern_matches_the_whole_name(string pattern, string name, bool matches) =>
        Assert.Equal(matches, EnvPattern.Matches(pattern, name));

    [Fact]
    public async Task Many_stars_cost_no_more_than_the_product_of_the_lengths()
    {
        var pattern = string.Concat(Enumerable.Repeat("*a", 2000)) + "b";

        Assert.False(await Bounded.RunAsync(() => EnvPattern.Matches(pattern, new string('a', 20_000))));
    }

    [Property(MaxTest = 1000)]
    public void The_policy_agrees_with_a_plain_model(int seed)
    {
        var random = new Random(seed);
        var policy = new EnvPolicy((EnvInherit)random.Next(3), random.Next(2) == 0, Patterns(), Variables(), random.Next(2) == 0 ? [] : Patterns());
        Dictionary<string, string> server = Variables(), env = Variables();

        Assert.Equal(Model(server, policy, env), EnvPolicy.Apply(server, policy, env));

        string[] Patterns() => [.. Enumerable.Range(0, random.Next(4)).Select(_ => Name("AbK*?.", 4))];

        Dictionary<string, string> Variables()
        {
            string[] special = ["PATH", "Home", "API_KEY", "token", "CODEX_EXEC_SERVER_EXIT_ON_STDIN_CLOSE", "codex_EXEC_SERVER_NOISE_AUTH_TOKEN"];
            return Enumerable.Range(0, random.Next(8))
                .Select(_ => random.Next(2) == 0 ? special[random.Next(special.Length)] : Name("aBk.=", 4))
                .Distinct(StringComparer.Ordinal)
                .ToDictionary(name => name, _ => Name("xyz", 3), StringComparer.Ordinal);
        }

        string Name(string letters, int length) =>
            string.Concat(Enumerable.Range(0, random.Next(length)).Select(_ => letters[random.Next(letters.Length)]));
    }

    private static Dictionary<string, string> Model(Dictionary<string, string> server, EnvPolicy policy, Dictionary<string, string> env)
    {
        string[] core = ["HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "PATH", "SHELL", "TEMP", "TMP", "TMPDIR", "USER"];
        var kept = server
            .Where(v => policy.Inherit == EnvInherit.All || (policy.Inherit == EnvInherit.Core && core.Contains(v.Key.ToUpperInvariant(), StringComparer.Ordinal)))
            .Where(v => policy.IgnoreDefaultExcludes || !Regex.IsMatch(v.Key.ToUpperInvariant(), "KEY|SECRET|TOKEN", RegexOptions.None, TimeSpan.FromSeconds(1)))
            .Where(v => !policy.Exclude.Any(p => Matches(p, v.Key)));
        var set = kept.Where(v => !policy.Set.ContainsKey(v.Key)).Concat(policy.Set);
        var included = set.Where(v => policy.IncludeOnly.Count == 0 || policy.IncludeOnly.Any(p => Matches(p, v.Key)));
        return included.Where(v => !env.ContainsKey(v.Key)).Concat(env)
            .Where(v => v.Key is not "CODEX_EXEC_SERVER_EXIT_ON_STDIN_CLOSE" && v.Key.ToUpperInvariant() is not "CODEX_EXEC_SERVER_NOISE_AUTH_TOKEN")
            .ToDictionary(StringComparer.Ordinal);

        static bool Matches(string pattern, string name)
        {
            var regex = Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal);
            return Regex.IsMatch(name, $"\\A{regex}\\z", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
        }
    }

    private static Dictionary<string, string> Apply(
        EnvInherit inherit,
        bool ignoreDefaultExcludes = false,
        string[]? exclude = null,
        (string Name, string Value)[]? set = null,
        string[]? includeOnly = null,
        (string Name, string Value)[]? env = null) =>
        EnvPolicy.Apply(s_server, new EnvPolicy(inherit, ignoreDefaultExcludes, exclude ?? [], Env(set ?? []), includeOnly ?? []), Env(env ?? []));

    private static Dictionary<string, string> Env(params (string Name, string Value)[] variables) =>
        variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);

    private static void AssertEnv(string expected, Dictionary<string, string> env) =>
        Assert.Equal(expected, string.Join(' ', env.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}={v.Value}")));
}
