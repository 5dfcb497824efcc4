using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Processes;

/// <summary>The write ids of one process that were accepted, so that a write repeated after a reconnect is not written twice.</summary>
/// <remarks>Keeps a fingerprint of the bytes beside the id: the same id with other bytes is a client's mistake and is told apart.</remarks>
internal sealed class WriteIdMemory(int capacity)
{
    private readonly Dictionary<string, Fingerprint> _known = new(StringComparer.Ordinal);
    private readonly IndexedQueue<string> _order = new();

    /// <summary>What is known of a write.</summary>
    public enum Verdict
    {
        /// <summary>Not seen, or forgotten.</summary>
        New,

        /// <summary>Seen with the same bytes.</summary>
        Repeated,

        /// <summary>Seen with other bytes.</summary>
        Conflicting,
    }

    /// <summary>Looks an id up.</summary>
    public Verdict Look(string writeId, ReadOnlySpan<byte> bytes, bool closesStdin)
    {
        if (!_known.TryGetValue(writeId, out var known))
        {
            return Verdict.New;
        }

        return known == Fingerprint.Of(bytes, closesStdin) ? Verdict.Repeated : Verdict.Conflicting;
    }

    /// <summary>Remembers an accepted write; the oldest is forgotten beyond the capacity.</summary>
    public void Remember(string writeId, ReadOnlySpan<byte> bytes, bool closesStdin)
    {
        if (!_known.TryAdd(writeId, Fingerprint.Of(bytes, closesStdin)))
        {
            return;
        }

        _order.Enqueue(writeId);
        if (_order.Count > capacity)
        {
            _known.Remove(_order.Dequeue());
        }
    }

    /// <summary>Takes an accepted id back: its bytes found no reader. Its place in the order is left to run out.</summary>
    public void Forget(string writeId) => _known.Remove(writeId);

    private readonly record struct Fingerprint(int Length, int Hash, bool ClosesStdin)
    {
        // A 32-bit hash seeded per process: enough to tell a mistake apart; it guards nothing secret.
        public static Fingerprint Of(ReadOnlySpan<byte> bytes, bool closesStdin)
        {
            var hash = default(HashCode);
            hash.AddBytes(bytes);
            return new Fingerprint(bytes.Length, hash.ToHashCode(), closesStdin);
        }
    }
}
