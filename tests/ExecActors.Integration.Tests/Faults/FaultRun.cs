using System.Globalization;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>What the environment asks of the fault tests, and how a failure tells the way back to itself.</summary>
/// <remarks>
/// <c>EXECACTORS_FAULT_SEED</c>: the first seed, 1 unless given. <c>EXECACTORS_FAULT_ROUNDS</c>: how many faults in all, a few seconds' worth unless given.
/// The seed decides every fault and where it strikes; how the threads of client and server interleave is the machine's.
/// </remarks>
internal static class FaultRun
{
    /// <summary>The seed.</summary>
    public static int Seed { get; } = Number("EXECACTORS_FAULT_SEED") ?? 1;

    /// <summary>The number of faults asked for, or this test's own short slice.</summary>
    public static int Rounds(int slice) => Number("EXECACTORS_FAULT_ROUNDS") ?? slice;

    /// <summary>The command that does it again.</summary>
    public static string Replay(int rounds, string test) => string.Create(
        CultureInfo.InvariantCulture,
        $"EXECACTORS_FAULT_SEED={Seed} EXECACTORS_FAULT_ROUNDS={rounds} dotnet test tests/ExecActors.Integration.Tests -c Release --filter {test}");

    /// <summary>Lets a traveller travel; when something is found, says where it was and how it is done again.</summary>
    public static async Task ToldAsync(Func<Task> travel, Traveller traveller, int index, int rounds, string test)
    {
        try
        {
            await travel();
        }
        catch (Exception exception) when (exception is FaultFoundException or TimeoutException or IOException)
        {
            throw new FaultFoundException(
                $"{exception.Message}{Environment.NewLine}traveller {index}, seed {Seed}, its last steps:{Environment.NewLine}{traveller.Trail}{Environment.NewLine}"
                    + $"again: {Replay(rounds, test)}",
                exception);
        }
    }

    private static int? Number(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;
}
