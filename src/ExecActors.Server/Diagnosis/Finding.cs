namespace ExecActors.Server.Diagnosis;

/// <summary>One thing that was looked for on this machine.</summary>
/// <param name="Name">What.</param>
/// <param name="IsNeeded">Whether requests with a sandbox are refused without it.</param>
/// <param name="IsGood">Whether it is there, and enough of it.</param>
/// <param name="Detail">Its version or amount, or what is wrong.</param>
/// <param name="Remedy">What to do about it; null when it is good.</param>
internal sealed record Finding(string Name, bool IsNeeded, bool IsGood, string Detail, string? Remedy)
{
    /// <summary><c>ok</c>; <c>missing</c> for what is needed; <c>limited</c> for what would only be better.</summary>
    public string State => IsGood ? "ok" : IsNeeded ? "missing" : "limited";
}
