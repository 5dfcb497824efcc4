using ExecActors.Platform;

namespace ExecActors.Runtime.Frames;

/// <summary>The entry of one attachment's output to its connection: an outbox, and the bytes that may still be handed to it.</summary>
/// <remarks>A frame passes while any credit is left, so the last one may overdraw by its own length.</remarks>
internal sealed class OutputGate(Outbox outbox, int creditBytes)
{
    private long _credit = creditBytes;
    private volatile bool _isShut;

    /// <summary>Bytes that may still be handed to the connection.</summary>
    public long Credit => Volatile.Read(ref _credit);

    /// <summary>Whether <see cref="TryPass"/> lets nothing through: somebody waits for credit, or the attachment ended. Set by the session alone.</summary>
    public bool IsShut
    {
        get => _isShut;
        set => _isShut = value;
    }

    /// <summary>The connection took that many bytes.</summary>
    public void Return(int bytes) => Interlocked.Add(ref _credit, bytes);

    /// <summary>Hands a frame to the connection, whose turn the session knows it is.</summary>
    public void Pass(ByteLease frame, int bytes)
    {
        Interlocked.Add(ref _credit, -bytes);
        outbox.Offer(frame, bytes);
    }

    /// <summary>Hands a frame to the connection when there is credit and nobody waits for it. From any thread. False: the frame is still the caller's.</summary>
    public bool TryPass(ByteLease frame)
    {
        var bytes = frame.Length;
        var credit = Credit;
        while (credit > 0 && !_isShut)
        {
            var found = Interlocked.CompareExchange(ref _credit, credit - bytes, credit);
            if (found == credit)
            {
                outbox.Offer(frame, bytes);
                return true;
            }

            credit = found;
        }

        return false;
    }
}
