using ExecActors.Runtime;

namespace ExecActors.Hosting.Authentication;

/// <summary>What came of an upgrade's request to be let in.</summary>
/// <param name="Refusal">Why not; null when it may come in.</param>
/// <param name="Principal">Who it is; null when it was refused.</param>
/// <param name="Until">When what it has shown ends, and with it the connection; null when it does not.</param>
internal readonly record struct Admission(string? Refusal, Principal? Principal, DateTimeOffset? Until)
{
    /// <summary>It stays outside.</summary>
    public static Admission Refused(string refusal) => new(refusal, Principal: null, Until: null);

    /// <summary>It may come in.</summary>
    public static Admission Of(Principal principal, DateTimeOffset? until = null) => new(Refusal: null, principal, until);
}
