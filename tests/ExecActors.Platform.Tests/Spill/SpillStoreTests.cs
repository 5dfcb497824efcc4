using ExecActors.Platform.Interop;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Spill;

public sealed class SpillStoreTests(LeakCheck leaks) : IClassFixture<LeakCheck>
{
    private const string OnDisk = "/var/tmp";

    [Fact]
    public void A_file_keeps_what_was_written_where_it_was_written()
    {
        using var store = new LinuxSpillStore(OnDisk);
        using var file = Create(store);

        Assert.Equal(0, file.Write([new byte[] { 1, 2, 3 }, Array.Empty<byte>(), new byte[] { 4 }], 10));
        Assert.Equal(0, file.Write([new byte[] { 9 }], 11));

        var read = new byte[4];
        Assert.Equal(0, file.Read(read, 10));
        Assert.Equal([1, 9, 3, 4], read);
        Assert.Equal(Errno.EIO, file.Read(read, 11)); // the file ends before
    }

    [Fact]
    public void Many_parts_go_in_one_write()
    {
        using var store = new LinuxSpillStore(OnDisk);
        using var file = Create(store);
        var bytes = new byte[SpillFile.MaxParts * 1000];
        Random.Shared.NextBytes(bytes);

        Assert.Equal(0, file.Write([.. bytes.Chunk(1000).Select(part => (ReadOnlyMemory<byte>)part)], 0));

        var read = new byte[bytes.Length];
        Assert.Equal(0, file.Read(read, 0));
        Assert.Equal(bytes, read);
    }

    [Fact]
    public void A_freed_range_takes_no_space()
    {
        using var store = new LinuxSpillStore(OnDisk);
        using var file = Create(store);
        Assert.Equal(0, file.Write([new byte[64 * 1024].Select(_ => (byte)1).ToArray()], 0));

        Assert.Equal(0, file.Free(0, 32 * 1024));

        var read = new byte[64 * 1024];
        Assert.Equal(0, file.Read(read, 0));
        Assert.Equal([.. new byte[32 * 1024], .. Enumerable.Repeat((byte)1, 32 * 1024)], read);
    }

    [Fact]
    public void A_file_has_no_name()
    {
        using var folder = new TemporaryFolder();
        using var store = new LinuxSpillStore(folder.Path);
        if (store.IsUsable)
        {
            using var file = Create(store);
            Assert.Equal(0, file.Write([new byte[] { 1 }], 0));
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
        }
    }

    [Fact]
    public async Task A_file_that_was_disposed_answers_ebadf_and_is_closed()
    {
        using (var store = new LinuxSpillStore(OnDisk))
        {
            var file = Create(store);
            file.Dispose();
            Assert.Equal((Errno.EBADF, Errno.EBADF, Errno.EBADF), (file.Write([new byte[1]], 0), file.Read(new byte[1], 0), file.Free(0, 1)));
        }

        await leaks.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData("/nonexistent/directory", "/nonexistent/directory cannot be used for output: No such file or directory (os error 2)")]
    [InlineData("/dev/shm", "/dev/shm is memory itself, which output is to be kept out of; name a directory on a disk")]
    public void What_is_no_disk_is_refused_with_the_reason(string directory, string refusal)
    {
        using var store = new LinuxSpillStore(directory);

        Assert.Equal((refusal, false, 0), (store.Refusal, store.IsUsable, store.FreeBytes));
    }

    [Fact]
    public void A_directory_that_takes_no_file_says_why()
    {
        using var store = new LinuxSpillStore("/proc/self/fd");

        Assert.Null(store.Create(out var errno));
        Assert.NotEqual(0, errno);
    }

    private static ISpillFile Create(LinuxSpillStore store)
    {
        var file = store.Create(out var errno);
        Assert.Equal(0, errno);
        return file!;
    }
}
