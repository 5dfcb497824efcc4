namespace ExecActors.Platform;

/// <summary>The memory of this program as a whole. From any thread.</summary>
public interface IProgramMemory
{
    /// <summary>Allocated since the program began, in bytes: how much work is done.</summary>
    long AllocatedBytes { get; }

    /// <summary>Resident now, in bytes.</summary>
    long ResidentBytes { get; }

    /// <summary>Large buffers that lie idle, in bytes.</summary>
    long IdleBytes { get; }

    /// <summary>Large buffers left to the garbage collector since the program began, in bytes.</summary>
    long DroppedBytes { get; }

    /// <summary>Lets go the large buffers that lay idle since the last call.</summary>
    void Trim();

    /// <summary>Collects garbage and gives what is free back to the system. Everything stops meanwhile: some tens of milliseconds for each 100 MiB that are in use.</summary>
    void Collect();

    /// <summary>Has an action called, once, on any thread, when memory was used: a large buffer was made, or garbage was collected.</summary>
    void OnUse(Action action);
}
