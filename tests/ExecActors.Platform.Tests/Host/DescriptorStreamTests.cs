using System.Text;
using ExecActors.Platform.Interop;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Host;

public class DescriptorStreamTests
{
    [Fact]
    public void A_descriptor_that_this_process_opened_itself_is_not_our_callers()
    {
        Assert.Equal(0, Libc.Pipe2(out var read, out var write));
        using (read)
        using (write)
        {
            Assert.Equal(1, Libc.CloseOnExec(read));
        }
    }

    [Fact]
    public void It_has_no_position_and_says_why()
    {
        Assert.Equal(0, Libc.Pipe2(out var read, out var write));
        using (read)
        using (write)
        {
            using var stream = new DescriptorStream(read, isInput: true, dropsUnread: false);
            Assert.False(stream.CanSeek);
            Assert.All<Action>(
                [() => _ = stream.Length, () => _ = stream.Position, () => stream.Position = 1, () => stream.Seek(0, SeekOrigin.Begin), () => stream.SetLength(0)],
                use => Assert.Contains("neither length nor position", Assert.Throws<NotSupportedException>(use).Message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_reader_that_is_gone_is_told_as_broken_pipe_unless_that_does_not_matter()
    {
        Assert.Equal(0, Libc.Pipe2(out var read, out var write));
        using (write)
        {
            read.Dispose();
            using var strict = new DescriptorStream(write, isInput: false, dropsUnread: false);
            Assert.Equal(DescriptorStream.BrokenPipe, Assert.Throws<IOException>(() => strict.Write("x"u8)).HResult);
            using var lenient = new DescriptorStream(write, isInput: false, dropsUnread: true);
            lenient.Write("x"u8);
        }
    }

    [Fact]
    public async Task A_descriptor_that_somebody_made_non_blocking_is_waited_for()
    {
        var bytes = new byte[1024 * 1024]; // more than a pipe holds
        new Random(3).NextBytes(bytes);
        Assert.Equal(0, Libc.Pipe2(out var read, out var write));
        Assert.Equal((0, 0), (Libc.SetNonBlocking(read), Libc.SetNonBlocking(write)));
        using var received = new MemoryStream();
        var reading = Task.Run(() =>
        {
            using var input = new DescriptorStream(read, isInput: true, dropsUnread: false);
            input.CopyTo(received);
        });
        var writing = Task.Run(() =>
        {
            using var output = new DescriptorStream(write, isInput: false, dropsUnread: false);
            output.Write(bytes);
            write.Dispose();
        });

        await Task.WhenAll(reading, writing).SoonAsync();
        read.Dispose();
        Assert.Equal(bytes, received.ToArray());
    }

    [Fact]
    public void An_end_is_for_one_direction()
    {
        Assert.Equal(0, Libc.Pipe2(out var read, out var write));
        using (read)
        using (write)
        {
            using var input = new DescriptorStream(read, isInput: true, dropsUnread: false);
            using var output = new DescriptorStream(write, isInput: false, dropsUnread: false);
            Assert.Equal((true, false, false), (input.CanRead, input.CanWrite, input.CanSeek));
            Assert.Throws<NotSupportedException>(() => input.Write("x"u8));
            Assert.Throws<NotSupportedException>(() => output.Read(new byte[1]));
            output.Write(Encoding.UTF8.GetBytes("text"));
            var buffer = new byte[10];
            Assert.Equal("text", Encoding.UTF8.GetString(buffer, 0, input.Read(buffer)));
        }
    }
}
