using ExecActors.Protocol;
using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Tests.Connections;

public sealed class MessageLimitTests
{
    private const int Short = 64 * 1024;
    private const int Long = 64 * 1024 * 1024;

    private readonly MessageLimit _limit = new(ExecServerSettings.From(ExecServerSettings.BuiltIn));

    [Fact]
    public void Messages_are_short_until_initialize_and_initialized_have_come()
    {
        Assert.Equal(Short, _limit.Bytes);
        _limit.Saw(Message(InboundKind.Notification, WireMethod.Initialized));
        _limit.Saw(Message(InboundKind.Request, WireMethod.EnvironmentInfo));
        _limit.Saw(Message(InboundKind.Request, WireMethod.Initialize));
        Assert.Equal(Short, _limit.Bytes);
        Assert.Equal("message is longer than 65536 bytes (connection.handshake-message-bytes)", _limit.Refusal.Text);

        _limit.Saw(Message(InboundKind.Notification, WireMethod.Initialized));
        Assert.Equal(Long, _limit.Bytes);
        Assert.Equal("message is longer than 67108864 bytes (limits.message-bytes)", _limit.Refusal.Text);
    }

    [Fact]
    public void A_message_is_too_long_as_soon_as_its_head_says_so()
    {
        using var assembler = FrameAssembler.For(FrameDelimiter.Message, bufferBytes: 16, maxBytes: 100);
        assembler.Advance(0, endOfFrame: false, expected: 100);
        Assert.False(assembler.IsTooLong);
        assembler.Advance(0, endOfFrame: false, expected: 101);
        Assert.True(assembler.IsTooLong);
    }

    private static InboundMessage Message(InboundKind kind, WireMethod method) =>
        new() { Kind = kind, Id = RequestId.Unparsable, Method = method, MethodName = "", Weight = 1 };
}
