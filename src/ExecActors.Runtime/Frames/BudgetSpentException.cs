namespace ExecActors.Runtime.Frames;

/// <summary>An answer would take more memory than all answers together may. The request is refused with <see cref="Key"/>; nothing else is harmed.</summary>
/// <remarks>An exception, since whoever writes an answer writes to a buffer that has no other way to say so.</remarks>
internal sealed class BudgetSpentException() : Exception($"limit reached: {Key}")
{
    /// <summary>The setting that is reached.</summary>
    public const string Key = "memory.answer-bytes";
}
