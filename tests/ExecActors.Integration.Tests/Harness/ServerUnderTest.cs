using System.Reflection;
using System.Runtime.InteropServices;
using ExecActors.Testing;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>Which program the tests run against, and what differs when it is the reference server.</summary>
/// <remarks>
/// <c>EXECACTORS_TEST_SERVER</c>: a command line (words split at blanks) that takes <c>--listen</c>, in place of the built <c>execactors serve</c>.
/// <c>EXECACTORS_BIN</c>: another <c>execactors</c> binary, a published one for instance.
/// <c>EXECACTORS_TEST_REFERENCE=true</c>: the command is the reference server, so transcripts are replayed without the named differences.
/// </remarks>
public static class ServerUnderTest
{
    private static readonly string Configuration = typeof(ServerUnderTest).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == "BuildConfiguration").Value!;

    /// <summary>The program and the words that come before <c>--listen</c>.</summary>
    public static IReadOnlyList<string> Command { get; } = FindCommand();

    /// <summary>Whether the reference server is being tested: then nothing may differ from the transcripts at all.</summary>
    public static bool IsReference { get; } = Environment.GetEnvironmentVariable("EXECACTORS_TEST_REFERENCE") == "true";

    /// <summary>Whether it is native code, which the .NET runtime does nothing with before it begins.</summary>
    public static bool IsNative { get; } = !IsReference && !File.Exists(Command[0] + ".dll");

    /// <summary>A home directory made for this run, outside the system's temporary folder.</summary>
    public static string Home { get; } = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "home")).FullName;

    /// <summary>The environment a server gets: little, known, and what the runtime needs to start.</summary>
    public static IReadOnlyDictionary<string, string> BaseEnvironment { get; } = new Dictionary<string, string>
    {
        ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ["HOME"] = Home,
        ["CODEX_HOME"] = Home,
        ["DOTNET_ROOT"] = Environment.GetEnvironmentVariable("DOTNET_ROOT")
            ?? Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")),
    };

    private static string[] FindCommand()
    {
        if (Environment.GetEnvironmentVariable("EXECACTORS_TEST_SERVER") is { Length: > 0 } command)
        {
            return command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }

        var binary = Environment.GetEnvironmentVariable("EXECACTORS_BIN") is { Length: > 0 } given ? given : FindBuilt();
        return [binary, "serve"];
    }

    private static string FindBuilt()
    {
        var output = Path.Combine(Repository.Root, "src/ExecActors.Server/bin", Configuration, "net10.0");
        string[] candidates = [Path.Combine(output, RuntimeInformation.RuntimeIdentifier, "execactors"), Path.Combine(output, "execactors")];
        return candidates.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"no server at {string.Join(" or ", candidates)}: build src/ExecActors.Server, or set EXECACTORS_BIN");
    }
}
