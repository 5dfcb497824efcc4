using ExecActors.Testing.Fuzzing;

namespace ExecActors.Protocol.Tests.Fuzz;

/// <summary>The targets of this project.</summary>
internal static class FuzzTarget
{
    public static Task RunAsync(
        string target, string corpus, int slice, Action<byte[]> check, Func<Random, IReadOnlyList<byte[]>, byte[]>? make = null) => Fuzzer.RunAsync(
        target, "ExecActors.Protocol.Tests", [.. Fuzzer.Regressions(target), .. Fuzzer.Corpus(corpus)], slice, check, make);
}
