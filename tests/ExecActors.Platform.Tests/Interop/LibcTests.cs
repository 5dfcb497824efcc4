using System.Text;
using ExecActors.Platform.Interop;
using ExecActors.Testing;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Tests.Interop;

public sealed class LibcTests(LeakCheck leaks) : IClassFixture<LeakCheck>
{
    private const int O_WRONLY = 1;

    [Fact]
    public void A_pipe_carries_bytes_and_is_closed_in_children()
    {
        using var pipe = new Pipe();
        Assert.Equal(Libc.O_CLOEXEC, Flags(pipe.Read));
        Assert.Equal(3, Libc.Write(pipe.Write, "abc"u8));
        Assert.Equal(3, Libc.BytesReadable(pipe.Read));
        Assert.InRange(Libc.PipeCapacity(pipe.Read), 4096, 1 << 30);

        var buffer = new byte[10];
        Assert.Equal(3, Libc.Read(pipe.Read, buffer));
        Assert.Equal("abc", Encoding.ASCII.GetString(buffer, 0, 3));
    }

    [Fact]
    public void A_non_blocking_end_answers_eagain_and_leaves_the_other_alone()
    {
        using var pipe = new Pipe();
        Assert.Equal(0, Libc.SetNonBlocking(pipe.Read));

        Assert.Equal(-1, Libc.Read(pipe.Read, new byte[1]));
        Assert.Equal(Errno.EAGAIN, Libc.LastErrno);
        Assert.Equal(O_WRONLY | Libc.O_CLOEXEC, Flags(pipe.Write));
    }

    [Fact]
    public void A_pipe_that_nobody_reads_answers_epipe()
    {
        using var pipe = new Pipe();
        pipe.Read.Dispose();

        Assert.Equal(-1, Libc.Write(pipe.Write, "x"u8));
        Assert.Equal(Errno.EPIPE, Libc.LastErrno);
    }

    [Fact]
    public void A_duplicate_lies_at_or_above_the_lowest_number_and_is_closed_in_children()
    {
        using var pipe = new Pipe();
        using var copy = Libc.Duplicate(pipe.Read, 100);

        Assert.InRange((int)copy.DangerousGetHandle(), 100, int.MaxValue);
        Assert.Equal(Libc.O_CLOEXEC, Flags(copy));
    }

    [Fact]
    public void Epoll_gives_back_the_bits_and_the_data_of_each_descriptor()
    {
        using var epoll = Libc.EpollCreate();
        using var first = Libc.EventFd();
        using var second = new Pipe();
        const long marked = 0x0123_4567_89AB_CDEF;
        Assert.Equal(0, Libc.EpollCtl(epoll, Libc.EPOLL_CTL_ADD, first, Libc.EPOLLIN | Libc.EPOLLET, marked));
        Assert.Equal(0, Libc.EpollCtl(epoll, Libc.EPOLL_CTL_ADD, second.Write, Libc.EPOLLOUT | Libc.EPOLLET, -2));
        Libc.Write(first, BitConverter.GetBytes(1UL));

        var events = new EpollEvents(8);
        Assert.Equal(2, Libc.EpollWait(epoll, events, 0));
        var seen = Enumerable.Range(0, 2).Select(index => (events.Data(index), events.Bits(index))).Order();
        Assert.Equal([(-2, Libc.EPOLLOUT), (marked, Libc.EPOLLIN)], seen);

        Assert.Equal(0, Libc.EpollWait(epoll, events, 0));
        Libc.Write(first, BitConverter.GetBytes(1UL)); // never read, and an edge all the same
        Assert.Equal(1, Libc.EpollWait(epoll, events, 0));
        Assert.Equal(0, Libc.EpollCtl(epoll, Libc.EPOLL_CTL_MOD, first, Libc.EPOLLIN | Libc.EPOLLET, marked));
        Assert.Equal(1, Libc.EpollWait(epoll, events, 0));
        Assert.Equal(0, Libc.EpollCtl(epoll, Libc.EPOLL_CTL_DEL, first, 0, 0));
        Assert.Equal(-1, Libc.EpollCtl(epoll, Libc.EPOLL_CTL_MOD, first, Libc.EPOLLIN, marked));
        Assert.Equal(Errno.ENOENT, Libc.LastErrno);
    }

    [Fact]
    public void A_terminal_has_a_name_and_is_closed_in_children()
    {
        using var master = Libc.PosixOpenPt();
        Assert.Equal((0, 0, 0), (Libc.GrantPt(master), Libc.UnlockPt(master), Libc.SetWindowSize(master, 1, 2)));
        Assert.Equal(0, Libc.PtsName(master, out var path));
        Assert.Matches("^/dev/pts/[0-9]+\0+$", Encoding.ASCII.GetString(path));
        Assert.Equal(Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC, Flags(master));
    }

    [Fact]
    public void What_is_no_child_cannot_be_waited_for()
    {
        using var self = Libc.PidfdOpen(Environment.ProcessId);
        Assert.False(self.IsInvalid);
        Assert.Equal(-1, Libc.WaitId(self, reap: false, out _));
        Assert.Equal(Errno.ECHILD, Libc.LastErrno);

        using var nobody = Libc.PidfdOpen(int.MaxValue);
        Assert.True(nobody.IsInvalid);
        Assert.Equal(Errno.ESRCH, Libc.LastErrno);
        Assert.Equal(-1, Libc.Kill(int.MaxValue, 0));
    }

    [Fact]
    public void Paths_tell_what_they_name()
    {
        Assert.Equal(0, Libc.FileType("/\0"u8, out var isDirectory, out var isRegular));
        Assert.Equal((true, false), (isDirectory, isRegular));
        Assert.Equal(0, Libc.FileType("/bin/sh\0"u8, out isDirectory, out isRegular));
        Assert.Equal((false, true), (isDirectory, isRegular));
        Assert.Equal(0, Libc.AccessExecute("/bin/sh\0"u8));
        Assert.Equal(-1, Libc.AccessExecute("/etc/passwd\0"u8));
        Assert.Equal(-1, Libc.FileType("/no/such\0"u8, out isDirectory, out isRegular));
        Assert.Equal((Errno.ENOENT, false, false), (Libc.LastErrno, isDirectory, isRegular));
    }

    [Fact]
    public void The_user_entry_is_the_one_of_the_user_database()
    {
        var uid = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
        var entries = File.ReadLines("/etc/passwd").Select(line => line.Split(':'));
        var fields = entries.FirstOrDefault(entry => string.Equals(entry[2], uid, StringComparison.Ordinal));

        Assert.Equal(fields is null ? null : (fields[5], fields[6]), Libc.OwnUserEntry());
    }

    [Fact]
    public void The_leak_check_of_these_tests_sees_a_descriptor()
    {
        var before = LeakCheck.Descriptors();
        using var pipe = new Pipe();

        Assert.NotNull(leaks);
        Assert.Equal(before.Count + 2, LeakCheck.Descriptors().Count);
    }

    /// <summary>How a descriptor was opened, as far as this project chooses it.</summary>
    private static int Flags(SafeFileHandle descriptor)
    {
        var line = File.ReadLines($"/proc/self/fdinfo/{descriptor.DangerousGetHandle()}").Single(line => line.StartsWith("flags:", StringComparison.Ordinal));
        return Convert.ToInt32(line[6..].Trim(), fromBase: 8) & (O_WRONLY | Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
    }

    private sealed class Pipe : IDisposable
    {
        public Pipe()
        {
            Assert.Equal(0, Libc.Pipe2(out var read, out var write));
            (Read, Write) = (read, write);
        }

        public SafeFileHandle Read { get; }

        public SafeFileHandle Write { get; }

        public void Dispose()
        {
            Read.Dispose();
            Write.Dispose();
        }
    }
}
