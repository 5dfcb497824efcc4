using System.Diagnostics;
using System.Globalization;

namespace ExecActors.Testing.Fuzzing;

/// <summary>The inputs of one run, one after the other.</summary>
internal sealed class FuzzedInputs(IReadOnlyList<byte[]> corpus, int slice, Func<Random, IReadOnlyList<byte[]>, byte[]>? make)
{
    private static readonly string? _given = Environment.GetEnvironmentVariable("EXECACTORS_FUZZ_INPUT");
    private static readonly int? _seconds = Number("EXECACTORS_FUZZ_SECONDS");
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private long _count;

    /// <summary>Where the run begins.</summary>
    public static int Seed { get; } = Number("EXECACTORS_FUZZ_SEED") ?? 1;

    /// <summary>Inputs given out so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>The last one.</summary>
    public byte[] Current { get; private set; } = [];

    /// <summary>The next one; null at the end.</summary>
    public byte[]? Next()
    {
        var number = Interlocked.Increment(ref _count) - 1;
        if (_given is not null)
        {
            return number == 0 ? Current = Convert.FromBase64String(_given) : null;
        }

        if (number < corpus.Count)
        {
            return Current = corpus[(int)number];
        }

        if (_seconds is { } seconds ? _watch.Elapsed.TotalSeconds >= seconds : number >= corpus.Count + slice)
        {
            return null;
        }

        // One source per input: a single one can be made again without those before it.
        var random = new Random(HashCode(Seed, number));
        return Current = make is null ? new ByteMutator(random, corpus).Next() : make(random, corpus);
    }

    private static int HashCode(int seed, long number) => unchecked((seed * 1_000_003) ^ (int)number ^ ((int)(number >> 32) * 7919));

    private static int? Number(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;
}
