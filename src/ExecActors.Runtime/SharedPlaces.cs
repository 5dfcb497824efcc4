using System.Collections.Concurrent;

using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime;

/// <summary>Counts what a server may have at once of one kind, and how much of it one principal's share may be; taken and given back from any thread.</summary>
/// <param name="limit">Of all.</param>
/// <param name="key">The setting that says so.</param>
/// <param name="limitOfShare">Of one share.</param>
/// <param name="keyOfShare">The setting that says so.</param>
internal sealed class SharedPlaces(int limit, string key, int limitOfShare, string keyOfShare)
{
    private readonly AdmissionCounter _all = new(limit);
    private readonly ConcurrentDictionary<string, int> _shares = new(StringComparer.Ordinal);

    /// <summary>How many are taken.</summary>
    public int Taken => _all.Taken;

    /// <summary>Whether one more would be admitted now, if it is nobody's who has too many.</summary>
    public bool HasRoom => _all.HasRoom;

    /// <summary>Whether one more of somebody would be admitted now.</summary>
    public bool HasRoomFor(Principal principal) => _all.HasRoom && _shares.GetValueOrDefault(principal.Share) < limitOfShare;

    /// <summary>The setting that stands against one more of somebody; that of the whole when none does any more.</summary>
    public string KeyAgainst(Principal principal) => _shares.GetValueOrDefault(principal.Share) >= limitOfShare ? keyOfShare : key;

    /// <summary>Takes one.</summary>
    /// <returns>The setting that stands against it; null when none does, and one is taken.</returns>
    public string? TryTake(Principal principal)
    {
        if (_shares.AddOrUpdate(principal.Share, 1, static (_, count) => count + 1) > limitOfShare)
        {
            Leave(principal);
            return keyOfShare;
        }

        if (!_all.TryTake())
        {
            Leave(principal);
            return key;
        }

        return null;
    }

    /// <summary>Gives one back.</summary>
    public void GiveBack(Principal principal)
    {
        Leave(principal);
        _all.GiveBack();
    }

    /// <summary>The places for processes that have not ended.</summary>
    public static SharedPlaces ForProcesses(LimitSettings limits) =>
        new(limits.Processes, "limits.processes", limits.ProcessesPerPrincipal, "limits.processes-per-principal");

    /// <summary>The places for directories and files that are watched.</summary>
    public static SharedPlaces ForWatchedDirectories(LimitSettings limits) => new(
        limits.WatchedDirectoriesOfServer, "limits.watched-directories-of-server",
        limits.WatchedDirectoriesPerPrincipal, "limits.watched-directories-per-principal");

    /// <summary>The places for connections.</summary>
    public static SharedPlaces ForConnections(LimitSettings limits) =>
        new(limits.Connections, "limits.connections", limits.ConnectionsPerPrincipal, "limits.connections-per-principal");

    // Who has none is forgotten; taken meanwhile, the pair is another one and stays.
    private void Leave(Principal principal)
    {
        if (_shares.AddOrUpdate(principal.Share, 0, static (_, count) => count - 1) == 0)
        {
            _shares.TryRemove(new KeyValuePair<string, int>(principal.Share, 0));
        }
    }
}
