namespace ExecActors.Runtime;

/// <summary>
/// How much one principal may take of what all share: three times what it leaves free. Alone that is three quarters of all; whoever comes next may have three
/// quarters of the rest, and so on, so that nobody takes all and there is something for a great many.
/// </summary>
internal static class FairShare
{
    private const long TimesWhatIsLeft = 3;

    /// <summary>Whether one more is within it.</summary>
    /// <param name="own">What the principal has.</param>
    /// <param name="taken">What all have, that included.</param>
    /// <param name="limit">What there is.</param>
    public static bool Admits(int own, int taken, int limit) => own < TimesWhatIsLeft * (limit - taken);
}
