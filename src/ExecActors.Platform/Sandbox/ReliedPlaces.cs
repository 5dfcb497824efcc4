using System.Collections.Immutable;

namespace ExecActors.Platform;

/// <summary>
/// The places whose mounts keep running programs in: the walls of all sandboxes that this process has started and that have not ended. To remove or rename a
/// directory takes the mounts away, or along, that lie on it and below in other sandboxes, so that this is refused while they are relied on.
/// </summary>
/// <remarks>
/// Safe from several threads: one immutable map, replaced as a whole. Other servers' places are known only where there is a placeholder, by the lock on it.
/// </remarks>
internal static class ReliedPlaces
{
    private static ImmutableDictionary<UnixPath, int> _counts = ImmutableDictionary<UnixPath, int>.Empty;

    /// <summary>Whether no sandbox relies on any.</summary>
    public static bool IsEmpty => Volatile.Read(ref _counts).IsEmpty;

    /// <summary>Adds places; each as often as it is <see cref="Release"/>d.</summary>
    public static void Hold(IReadOnlyCollection<UnixPath> places) => Count(places, 1);

    /// <summary>Takes away what was added.</summary>
    public static void Release(IReadOnlyCollection<UnixPath> places) => Count(places, -1);

    /// <summary>Whether a sandbox relies on a path without links, or on something below it.</summary>
    public static bool IsAtOrAbove(UnixPath place)
    {
        foreach (var (relied, _) in Volatile.Read(ref _counts))
        {
            if (relied.IsAtOrBelow(place))
            {
                return true;
            }
        }

        return false;
    }

    private static void Count(IReadOnlyCollection<UnixPath> places, int change)
    {
        if (places.Count > 0)
        {
            ImmutableInterlocked.Update(ref _counts, counts => Changed(counts, places, change));
        }
    }

    private static ImmutableDictionary<UnixPath, int> Changed(ImmutableDictionary<UnixPath, int> counts, IReadOnlyCollection<UnixPath> places, int change)
    {
        var changed = counts.ToBuilder();
        foreach (var place in places)
        {
            var count = changed.GetValueOrDefault(place) + change;
            if (count == 0)
            {
                changed.Remove(place);
            }
            else
            {
                changed[place] = count;
            }
        }

        return changed.ToImmutable();
    }
}
