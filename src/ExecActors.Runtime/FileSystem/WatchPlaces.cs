using ExecActors.Platform;

namespace ExecActors.Runtime.FileSystem;

/// <summary>What one principal's sessions may have watched, of what the server may.</summary>
/// <param name="places">Those of all.</param>
/// <param name="principal">Whose they are.</param>
internal sealed class WatchPlaces(SharedPlaces places, Principal principal) : IWatchPlaces
{
    /// <inheritdoc/>
    public bool TryTake() => places.TryTake(principal) is null;

    /// <inheritdoc/>
    public void GiveBack(int count)
    {
        for (var left = count; left > 0; left--)
        {
            places.GiveBack(principal);
        }
    }

    /// <summary>The setting that stands against one more, as far as can be told afterwards.</summary>
    public string Key => places.KeyAgainst(principal);
}
