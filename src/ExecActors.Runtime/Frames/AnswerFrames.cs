using ExecActors.Platform;
using ExecActors.Protocol;

namespace ExecActors.Runtime.Frames;

/// <summary>The short answers every actor gives, as finished frames.</summary>
internal static class AnswerFrames
{
    private const int SmallFrame = 256;

    /// <summary>A failure.</summary>
    public static ByteLease Error(RequestId id, RpcError error)
    {
        using var buffer = new FrameBuffer(SmallFrame);
        WireWriter.Error(buffer, id, error);
        return buffer.Take();
    }

    /// <summary>The result <c>{}</c>.</summary>
    public static ByteLease Empty(RequestId id)
    {
        using var buffer = new FrameBuffer(SmallFrame);
        WireWriter.EmptyResult(buffer, id);
        return buffer.Take();
    }

    /// <summary>A result that is already JSON.</summary>
    public static ByteLease Raw(RequestId id, ReadOnlySpan<byte> json)
    {
        using var buffer = new FrameBuffer(SmallFrame + json.Length);
        WireWriter.RawResult(buffer, id, json);
        return buffer.Take();
    }
}
