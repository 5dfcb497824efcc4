namespace ExecActors.Runtime.Workers;

/// <summary>Work that has its turn before all of a higher rank.</summary>
internal interface IRanked
{
    /// <summary>How much whoever wants it has under way already: 0 for nothing.</summary>
    int Rank { get; }
}
