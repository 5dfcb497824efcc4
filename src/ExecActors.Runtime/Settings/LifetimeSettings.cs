using ExecActors.Platform;

namespace ExecActors.Runtime.Settings;

/// <summary>What ends with what (<c>execactors.lifetime</c>).</summary>
public sealed record LifetimeSettings
{
    /// <summary>How descendants are found that left their process group.</summary>
    public required ContainmentWay Containment { get; init; }

    /// <summary>Whether a guardian ends what is left when the server is killed.</summary>
    public required bool Guardian { get; init; }

    /// <summary>What the platform needs to know of it.</summary>
    public LifetimeOptions ToOptions() => new() { Containment = Containment, Guardian = Guardian };

    internal static LifetimeSettings Read(SettingsReader read) => new()
    {
        Containment = read.Choice<ContainmentWay>("execactors.lifetime.containment"),
        Guardian = read.Switch("execactors.lifetime.guardian"),
    };
}
