using System.Globalization;

namespace ExecActors.Testing.Fuzzing;

/// <summary>Runs one target over the corpus and what a mutator makes of it.</summary>
/// <remarks>
/// <c>EXECACTORS_FUZZ_SECONDS</c>: how long, in place of the short slice of a fixed number of inputs. <c>EXECACTORS_FUZZ_SEED</c>: where to begin, 1 unless given;
/// the seed decides every input. <c>EXECACTORS_FUZZ_INPUT</c>: base64 of one input, which alone is run. A failure names the last two for its input; an input
/// that failed once is kept in the corpus (<c>regressions.txt</c>) and comes first in every run.
/// </remarks>
public static class Fuzzer
{
    /// <summary>Checks inputs until the slice is over.</summary>
    /// <param name="target">The test class, for the command that does it again.</param>
    /// <param name="project">Its project's folder under <c>tests</c>.</param>
    /// <param name="corpus">Inputs to begin with.</param>
    /// <param name="slice">How many mutated inputs when no time is given.</param>
    /// <param name="check">Throws when the input is not dealt with as it should be. Called on one thread.</param>
    /// <param name="make">Makes an input from a random source and the corpus; null for <see cref="ByteMutator"/>.</param>
    /// <exception cref="FuzzFailedException">It threw, or did not return; says how to do it again.</exception>
    public static async Task RunAsync(
        string target, string project, IReadOnlyList<byte[]> corpus, int slice, Action<byte[]> check, Func<Random, IReadOnlyList<byte[]>, byte[]>? make = null)
    {
        var run = new FuzzedInputs(corpus, slice, make);
        var work = Task.Run(() => Check(run, check));
        using var watch = new PeriodicTimer(TestTimeouts.Default);
        var seen = -1L;
        while (!work.IsCompleted)
        {
            var tick = watch.WaitForNextTickAsync().AsTask();
            if (await Task.WhenAny(work, tick) == tick && run.Count == seen)
            {
                throw Failed(run, target, project, new TimeoutException($"no end within {TestTimeouts.Default}"));
            }

            seen = run.Count;
        }

        try
        {
            await work;
        }
        catch (Exception exception)
        {
            throw Failed(run, target, project, exception);
        }
    }

    /// <summary>A file of the corpus, from the checkout: one input a line.</summary>
    public static IReadOnlyList<byte[]> Corpus(string file) =>
        [.. File.ReadAllLines(Path.Combine(Folder, file)).Where(line => line.Length > 0).Select(System.Text.Encoding.UTF8.GetBytes)];

    private static string Folder => Path.Combine(Repository.Root, "tests/ExecActors.Testing/Fuzzing/Corpus");

    private static void Check(FuzzedInputs run, Action<byte[]> check)
    {
        while (run.Next() is { } input)
        {
            check(input);
        }
    }

    private static FuzzFailedException Failed(FuzzedInputs run, string target, string project, Exception cause)
    {
        var input = Convert.ToBase64String(run.Current);
        return new FuzzFailedException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                {target}, input {run.Count} of seed {FuzzedInputs.Seed}: {cause.Message}
                again: EXECACTORS_FUZZ_INPUT={input} dotnet test tests/{project} -c Release --filter {target}
                keep it: add the line "{target} {input}" to tests/ExecActors.Testing/Fuzzing/Corpus/regressions.txt
                """),
            cause);
    }

    /// <summary>The inputs that once failed in a target.</summary>
    public static IReadOnlyList<byte[]> Regressions(string target) =>
    [
        .. File.ReadAllLines(Path.Combine(Folder, "regressions.txt"))
            .Where(line => line.StartsWith(target + " ", StringComparison.Ordinal))
            .Select(line => Convert.FromBase64String(line[(target.Length + 1)..])),
    ];
}
