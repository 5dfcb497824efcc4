using System.Collections.Immutable;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>How a child's environment is made from the server's. All members are required on the wire.</summary>
/// <param name="Inherit">What is taken over at first.</param>
/// <param name="IgnoreDefaultExcludes">Whether inherited names with <c>KEY</c>, <c>SECRET</c> or <c>TOKEN</c> in them stay.</param>
/// <param name="Exclude">Patterns of names that are dropped; see <see cref="EnvPattern"/>.</param>
/// <param name="Set">Variables that are added or replaced.</param>
/// <param name="IncludeOnly">When not empty, only names that match one of these patterns stay, those of <paramref name="Set"/> included.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed partial record EnvPolicy(
    EnvInherit Inherit,
    bool IgnoreDefaultExcludes,
    IReadOnlyList<string> Exclude,
    IReadOnlyDictionary<string, string> Set,
    IReadOnlyList<string> IncludeOnly)
{
    private static readonly string[] s_secretWords = ["KEY", "SECRET", "TOKEN"];

    /// <summary>The names that <see cref="EnvInherit.Core"/> takes over; compared without regard to case.</summary>
    public static ImmutableArray<string> CoreNames { get; } =
        ["HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "PATH", "SHELL", "TEMP", "TMP", "TMPDIR", "USER"];

    /// <summary>Makes a child's environment.</summary>
    /// <param name="serverEnvironment">The server's own variables.</param>
    /// <param name="policy">Null: the child gets <paramref name="requestEnv"/> alone.</param>
    /// <param name="requestEnv">The request's <c>env</c>, which no rule but the last filters.</param>
    /// <returns>A new dictionary with ordinal comparison.</returns>
    public static Dictionary<string, string> Apply(
        IReadOnlyDictionary<string, string> serverEnvironment, EnvPolicy? policy, IReadOnlyDictionary<string, string> requestEnv)
    {
        var env = new Dictionary<string, string>(StringComparer.Ordinal);
        if (policy is not null)
        {
            policy.AddInherited(serverEnvironment, env);
            foreach (var (name, value) in policy.Set)
            {
                env[name] = value;
            }

            policy.KeepIncluded(env);
        }

        foreach (var (name, value) in requestEnv)
        {
            env[name] = value;
        }

        RemoveServerOwn(env);
        return env;
    }

    private void AddInherited(IReadOnlyDictionary<string, string> serverEnvironment, Dictionary<string, string> env)
    {
        if (Inherit == EnvInherit.None)
        {
            return;
        }

        foreach (var (name, value) in serverEnvironment)
        {
            var inherited = Inherit == EnvInherit.All || CoreNames.Contains(name, StringComparer.OrdinalIgnoreCase);
            if (inherited && (IgnoreDefaultExcludes || !LooksSecret(name)) && !EnvPattern.MatchesAny(Exclude, name))
            {
                env[name] = value;
            }
        }
    }

    private void KeepIncluded(Dictionary<string, string> env)
    {
        if (IncludeOnly.Count == 0)
        {
            return;
        }

        foreach (var name in env.Keys)
        {
            if (!EnvPattern.MatchesAny(IncludeOnly, name))
            {
                env.Remove(name); // removing does not disturb the enumeration of a Dictionary
            }
        }
    }

    // What steers the server itself, and its secret, reach no child, not even by request.
    private static void RemoveServerOwn(Dictionary<string, string> env)
    {
        env.Remove("CODEX_EXEC_SERVER_EXIT_ON_STDIN_CLOSE");
        foreach (var name in env.Keys)
        {
            if (string.Equals(name, "CODEX_EXEC_SERVER_NOISE_AUTH_TOKEN", StringComparison.OrdinalIgnoreCase))
            {
                env.Remove(name);
            }
        }
    }

    private static bool LooksSecret(string name) => s_secretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
