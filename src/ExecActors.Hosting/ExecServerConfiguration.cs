using Akka.Configuration;

using ExecActors.Platform;
using ExecActors.Runtime.Settings;

using Microsoft.Extensions.Options;

namespace ExecActors.Hosting;

/// <summary>The HOCON of the actor system and the settings read from it, with what the options override.</summary>
internal sealed class ExecServerConfiguration
{
    /// <summary>Reads both once.</summary>
    /// <exception cref="SettingsException">The options' HOCON is refused; the message has the key's full path.</exception>
    public ExecServerConfiguration(IOptions<ExecServerOptions> options)
    {
        Config = ExecServerSettings.Overlay(options.Value.Hocon, options.Value.HoconSource);
        var settings = ExecServerSettings.From(Config).Within(OpenFiles.Limit).WithinWatches(INotifyLimits.UserWatches);
        Settings = options.Value.ConcurrentRequests is { } cap
            ? settings with { Limits = settings.Limits with { ConcurrentRequests = cap } }
            : settings;
        Lifetime = options.Value.ContainsDescendants ? Settings.Lifetime.ToOptions() : LifetimeOptions.GroupsOnly;
        GivesMemoryBack = options.Value.GivesMemoryBack;
    }

    /// <summary>For the actor system.</summary>
    public Config Config { get; }

    /// <summary>Whether garbage may be collected when a load has ended.</summary>
    public bool GivesMemoryBack { get; }

    /// <summary>For the process host: what the settings say where the options allow it.</summary>
    public LifetimeOptions Lifetime { get; }

    /// <summary>For the server.</summary>
    public ExecServerSettings Settings { get; }
}
