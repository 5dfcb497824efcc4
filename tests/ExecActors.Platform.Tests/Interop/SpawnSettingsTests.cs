#pragma warning disable CA2000 // whoever gets a descriptor disposes it
using System.Globalization;
using System.Text;
using ExecActors.Platform.Interop;
using ExecActors.Testing;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Tests.Interop;

/// <summary>Both ways of making a child give the same child, and the same errors; with a shelf it does not copy this program's descriptors.</summary>
public sealed class SpawnSettingsTests(LeakCheck leaks) : IClassFixture<LeakCheck>
{
    private const int ManyDescriptors = 2000;
    private const int ManyAsTable = 2048; // the kernel doubles tables; what the runtime has open is a few hundred

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_child_gets_what_it_is_given_and_nothing_else(bool withShelf)
    {
        using var shelf = withShelf ? DescriptorShelf.TryMake() : null;
        using var input = File("in\n");
        const string script = "cat; pwd; echo $0 $1; echo $NAME; cut -d' ' -f1,5,6 /proc/$$/stat; cat /proc/self/status | grep -E '^Sig(Blk|Ign|Cgt)'; ls -1 /proc/self/fd";
        var (errno, pid, said) = Run(
            settings =>
            {
                settings.Duplicate(input, 0);
                settings.Duplicate(input, 5);
                settings.CloseFrom(6);
            },
            shelf,
            ["/bin/sh", "-c", script, "name", "first"],
            "/usr");

        Assert.Equal(0, errno);
        var lines = said.TrimEnd('\n').Split('\n');
        Assert.Equal(["in", "/usr", "name first", "value", string.Create(CultureInfo.InvariantCulture, $"{pid} {pid} {pid}")], lines[..5]);
        Assert.All(lines[5..8], line => Assert.Equal("0000000000000000", line.Split('\t')[1]));

        // ls reads the folder itself by 3. Nothing closed what lies between the standard descriptors and the one that was given.
        Assert.Equal(["0", "1", "2", "5"], lines[8..].Except(["3", "4"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Standard_input_can_be_opened_by_the_child(bool withShelf)
    {
        using var shelf = withShelf ? DescriptorShelf.TryMake() : null;

        var (errno, _, said) = Run(
            settings =>
            {
                settings.Open(0, "/dev/null\0"u8, Libc.O_RDONLY);
                settings.CloseTheRest();
            },
            shelf,
            ["/bin/ls", "-l", "/proc/self/fd/0"]);

        Assert.Equal(0, errno);
        Assert.EndsWith("/proc/self/fd/0 -> /dev/null\n", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "/", "/nowhere/program", Errno.ENOENT)]
    [InlineData(false, "/", "/nowhere/program", Errno.ENOENT)]
    [InlineData(true, "/", "/etc/passwd", Errno.EACCES)]
    [InlineData(false, "/", "/etc/passwd", Errno.EACCES)]
    [InlineData(true, "/etc/passwd", "/bin/true", Errno.ENOTDIR)]
    [InlineData(false, "/etc/passwd", "/bin/true", Errno.ENOTDIR)]
    public async Task A_step_that_fails_is_told_and_leaves_no_child(bool withShelf, string cwd, string program, int expected)
    {
        using (var shelf = withShelf ? DescriptorShelf.TryMake() : null)
        {
            Assert.Equal((expected, 0, ""), Run(settings => settings.CloseTheRest(), shelf, [program], cwd));

            // And the next one starts.
            Assert.Equal((0, "fine\n"), Echo(shelf));
        }

        await leaks.AssertNothingLeftAsync();
    }

    [Fact]
    public void A_child_made_with_a_shelf_copies_no_descriptor_above_it()
    {
        using var shelf = DescriptorShelf.TryMake()!;
        using var many = new Descriptors(ManyDescriptors);

        Assert.InRange(TableSize(shelf), 1, ManyAsTable - 1);
        Assert.InRange(TableSize(null), ManyAsTable, int.MaxValue);
    }

    [Fact]
    public void A_shelf_that_was_found_to_be_in_vain_is_not_used_any_more()
    {
        using var shelf = DescriptorShelf.TryMake()!;
        using var many = new Descriptors(ManyDescriptors);
        shelf.GiveUp();

        Assert.InRange(TableSize(shelf), ManyAsTable, int.MaxValue);
    }

    [Fact]
    public void More_descriptors_than_the_shelf_holds_are_given_all_the_same()
    {
        using var shelf = DescriptorShelf.TryMake();
        using var input = File("");

        var (errno, _, said) = Run(
            settings =>
            {
                Enumerable.Range(3, 20).ToList().ForEach(target => settings.Duplicate(input, target));
                settings.CloseFrom(23);
            },
            shelf,
            ["/bin/ls", "-1", "/proc/self/fd"]);

        var expected = Enumerable.Range(0, 24).Select(number => number.ToString(CultureInfo.InvariantCulture)); // 23 is the listing's own
        Assert.Equal(0, errno);
        Assert.Equal(expected.Order(StringComparer.Ordinal), said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_descriptor_with_a_number_of_the_shelf_is_given_all_the_same()
    {
        using var shelf = DescriptorShelf.TryMake()!;
        using var input = File("");

        var (errno, _, said) = Run(
            settings =>
            {
                settings.Duplicate(input, shelf.Lowest);
                settings.CloseFrom(shelf.Lowest + 1);
            },
            shelf,
            ["/bin/ls", "-l", string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{shelf.Lowest}")]);

        Assert.Equal(0, errno);
        Assert.Contains("execactors-test", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kernel_that_gives_the_child_no_table_of_its_own_is_told_apart_from_a_start_that_fails()
    {
        Assert.Null(RunScript(closeRangeFlags: 0x40000000)); // no kernel knows this flag
        await leaks.AssertNothingLeftAsync();
    }

    private static unsafe int? RunScript(uint closeRangeFlags)
    {
        using var script = new ChildScript(0, 100, closeRangeFlags);
        using var arguments = new NativeStrings(["true"]);
        fixed (byte* program = "/bin/true\0"u8)
        {
            var errno = script.Run(program, arguments.Vector, arguments.Vector, out var pid);
            Assert.Equal(0, pid);
            return errno;
        }
    }

    private static (int Errno, string Said) Echo(DescriptorShelf? shelf)
    {
        var (errno, _, said) = Run(settings => settings.CloseTheRest(), shelf, ["/bin/echo", "fine"]);
        return (errno, said);
    }

    /// <summary>How many descriptors the child's table has room for; it never shrinks.</summary>
    private static int TableSize(DescriptorShelf? shelf)
    {
        var (errno, _, said) = Run(settings => settings.CloseTheRest(), shelf, ["/bin/grep", "FDSize", "/proc/self/status"]);
        Assert.Equal(0, errno);
        return int.Parse(said.Split('\t')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Runs a program to its end.</summary>
    private static (int Errno, int Pid, string Said) Run(Action<SpawnSettings> more, DescriptorShelf? shelf, string[] command, string cwd = "/")
    {
        using var output = File("");
        using var settings = new SpawnSettings(CString.Of(cwd));
        using var arguments = new NativeStrings(command);
        using var environment = new NativeStrings(["PATH=/usr/bin:/bin", "NAME=value"]);
        settings.Duplicate(output, 1);
        settings.Duplicate(output, 2);
        more(settings);
        var errno = settings.Spawn(CString.Of(command[0]), arguments, environment, out var pid, shelf: shelf);
        if (errno == 0)
        {
            Assert.True(Libc.WaitPid(pid));
            MarkGate.Forget(pid);
        }

        var buffer = new byte[4096];
        Assert.Equal(0, Libc.Rewind(output));
        return (errno, pid, Encoding.UTF8.GetString(buffer, 0, Libc.Read(output, buffer)));
    }

    /// <summary>Above all numbers that children get.</summary>
    private static SafeFileHandle File(string content)
    {
        using var file = Libc.MemoryFile("execactors-test\0"u8);
        var bytes = Encoding.UTF8.GetBytes(content);
        Assert.Equal(bytes.Length, Libc.Write(file, bytes));
        Assert.Equal(0, Libc.Rewind(file));
        return Libc.Duplicate(file, 100);
    }

    /// <summary>That many at once.</summary>
    private sealed class Descriptors : IDisposable
    {
        private readonly SafeFileHandle[] _all;

        public Descriptors(int count) => _all = [.. Enumerable.Range(0, count).Select(_ => Libc.EventFd())];

        public void Dispose() => Array.ForEach(_all, descriptor => descriptor.Dispose());
    }
}
