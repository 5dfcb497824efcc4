using System.Buffers.Text;

using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>The memory of a program that may collect garbage when it sees fit.</summary>
public sealed class ProgramMemory : IProgramMemory
{
    /// <inheritdoc/>
    public long AllocatedBytes => GC.GetTotalAllocatedBytes(precise: false);

    /// <inheritdoc/>
    public long ResidentBytes => ReadResidentBytes();

    /// <inheritdoc/>
    public long IdleBytes => BytePool.IdleBytes;

    /// <inheritdoc/>
    public long DroppedBytes => BytePool.DroppedBytes;

    /// <inheritdoc/>
    public void Trim() => BytePool.Trim();

    /// <inheritdoc/>
    public void Collect()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = Libc.MallocTrim(0); // whether there was something does not matter
    }

    /// <inheritdoc/>
    public void OnUse(Action action)
    {
        var notice = new Notice(action);
        BytePool.OnGrowth(notice.Give);
        _ = new Tracer(notice);
    }

    // Resident pages are the second number; the file is read in one piece and without memory of its own.
    private static long ReadResidentBytes()
    {
        using var file = File.OpenHandle("/proc/self/statm");
        Span<byte> text = stackalloc byte[128];
        var line = text[..RandomAccess.Read(file, text, fileOffset: 0)];
        var resident = line[(line.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(resident, out long pages, out _) ? pages * Environment.SystemPageSize : 0;
    }

    /// <summary>Calls the action once, whoever gives notice first.</summary>
    private sealed class Notice(Action action)
    {
        private Action? _action = action;

        public void Give() => Interlocked.Exchange(ref _action, null)?.Invoke();
    }

    /// <summary>Unreachable from the start, so that its finalizer runs after the next collection of young objects: the runtime has no event for that.</summary>
    private sealed class Tracer(Notice notice)
    {
#pragma warning disable MA0055 // the finalizer is the event
        ~Tracer() => notice.Give();
#pragma warning restore MA0055
    }
}
