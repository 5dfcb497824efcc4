namespace ExecActors.Platform;

/// <summary>How many directories and files somebody may have watched at once, over all watches. Asked from any thread.</summary>
public interface IWatchPlaces
{
    /// <summary>Takes one; false when there is none.</summary>
    bool TryTake();

    /// <summary>Gives some back.</summary>
    void GiveBack(int count);
}
