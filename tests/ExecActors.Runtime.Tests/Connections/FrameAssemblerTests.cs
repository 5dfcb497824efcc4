using System.Text;

using ExecActors.Runtime.Connections;

namespace ExecActors.Runtime.Tests.Connections;

public sealed class FrameAssemblerTests
{
    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void A_message_may_be_as_long_as_the_limit(int length, bool passes)
    {
        using var assembler = FrameAssembler.For(FrameDelimiter.Message, bufferBytes: 16, maxBytes: 100);
        Receive(assembler, new byte[length], endOfFrame: true);

        Assert.Equal(passes, assembler.TryTake(out var frame));
        Assert.Equal(!passes, assembler.IsTooLong);
        Assert.Equal(passes ? length : 0, frame?.Length ?? 0);
    }

    [Fact]
    public void No_memory_is_held_between_messages()
    {
        using var assembler = FrameAssembler.For(FrameDelimiter.Message, bufferBytes: 16, maxBytes: 100);
        Assert.True(assembler.HoldsNothing);
        Receive(assembler, new byte[10], endOfFrame: true);
        Assert.False(assembler.HoldsNothing);
        Assert.True(assembler.TryTake(out _));
        Assert.True(assembler.HoldsNothing);
    }

    [Fact]
    public void A_line_that_grows_past_the_limit_is_found_before_its_end()
    {
        using var assembler = FrameAssembler.For(FrameDelimiter.Newline, bufferBytes: 16, maxBytes: 100);
        Receive(assembler, Encoding.UTF8.GetBytes("first\n" + new string('x', 101)), endOfFrame: false);

        Assert.True(assembler.TryTake(out var frame)); // what came before it still counts
        Assert.Equal("first"u8.ToArray(), frame.Span.ToArray());
        Assert.False(assembler.TryTake(out _));
        Assert.True(assembler.IsTooLong);
    }

    [Fact]
    public void Frames_are_copies_that_outlive_what_comes_after()
    {
        using var assembler = FrameAssembler.For(FrameDelimiter.Newline, bufferBytes: 16, maxBytes: 100);
        Receive(assembler, "one\n"u8.ToArray(), endOfFrame: false);
        Assert.True(assembler.TryTake(out var one));
        Receive(assembler, "two\n"u8.ToArray(), endOfFrame: false);
        Assert.True(assembler.TryTake(out var two));

        Assert.Equal("one"u8.ToArray(), one.Span.ToArray());
        Assert.Equal("two"u8.ToArray(), two.Span.ToArray());
    }

    private static void Receive(FrameAssembler assembler, ReadOnlySpan<byte> bytes, bool endOfFrame)
    {
        while (!bytes.IsEmpty && !assembler.IsTooLong)
        {
            var buffer = assembler.GetBuffer().Span;
            var count = Math.Min(buffer.Length, bytes.Length);
            bytes[..count].CopyTo(buffer);
            bytes = bytes[count..];
            assembler.Advance(count, endOfFrame && bytes.IsEmpty);
        }
    }
}
