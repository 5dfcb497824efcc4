using System.Diagnostics;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Host;

/// <summary>Files that are read at the start: nothing that is given as one holds it up.</summary>
public sealed class SmallFileTests : IDisposable
{
    private const int Limit = 1024 * 1024;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(UnixFileMode.UserRead, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead, true)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherWrite, true)]
    public void A_regular_file_is_read_and_whether_it_is_open_to_others_is_told(UnixFileMode mode, bool isOpen)
    {
        var path = _folder.Write("file", "content");
#pragma warning disable CA1416 // these tests run on Linux only, as what they test
        File.SetUnixFileMode(path, mode);
#pragma warning restore CA1416
        var file = SmallFile.Read(path, Limit);
        Assert.Equal(("content", null, isOpen), (System.Text.Encoding.UTF8.GetString(file.Bytes.Span), file.WhyNot, file.IsOpenToOthers));
    }

    [Fact]
    public void What_is_no_regular_file_is_refused_at_once()
    {
        var fifo = Path.Combine(_folder.Path, "fifo");
        using (var maker = Process.Start("mkfifo", fifo))
        {
            maker.WaitForExit();
        }

        const string refusal = "it is no regular file, and may never end";
        Assert.Equal(refusal, SmallFile.Read(fifo, Limit).WhyNot);
        Assert.Equal(refusal, SmallFile.Read("/dev/zero", Limit).WhyNot);
        Assert.Equal("Is a directory (os error 21)", SmallFile.Read(_folder.Path, Limit).WhyNot);
        Assert.Equal("No such file or directory (os error 2)", SmallFile.Read("/no/such/file", Limit).WhyNot);
    }

    [Fact]
    public void A_file_that_is_too_long_is_refused_whether_or_not_it_tells_its_size()
    {
        Assert.Equal("it is longer than 1 MiB", SmallFile.Read(_folder.Write("long", new string('x', Limit + 1)), Limit).WhyNot);
        Assert.Equal("it is longer than 1 MiB", SmallFile.Read("/proc/self/pagemap", Limit).WhyNot);
        Assert.Equal(Limit, SmallFile.Read(_folder.Write("just", new string('x', Limit)), Limit).Bytes.Length);
        Assert.NotEqual(0, SmallFile.Read("/proc/self/status", Limit).Bytes.Length);
    }
}
