using System.Text;

namespace ExecActors.Platform.Tests;

/// <summary>Short forms of <see cref="ProcessSpec"/>.</summary>
internal static class Spec
{
    public static readonly IReadOnlyDictionary<string, string> Path = Env(("PATH", "/usr/bin:/bin"));

    public static ProcessSpec Of(params string[] argv) => new()
    {
        Argv = argv,
        Cwd = "/"u8.ToArray(),
        Environment = Path,
        Io = ProcessIo.Pipes,
    };

    public static ProcessSpec Shell(string script, ProcessIo io = ProcessIo.Pipes) => Of("/bin/sh", "-c", script) with { Io = io };

    public static ProcessSpec In(this ProcessSpec spec, string cwd) => spec with { Cwd = Encoding.UTF8.GetBytes(cwd) };

    public static ProcessSpec With(this ProcessSpec spec, params (string Name, string Value)[] environment) =>
        spec with { Environment = Env(environment) };

    private static Dictionary<string, string> Env(params (string Name, string Value)[] variables) =>
        variables.ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal);
}
