using System.Text;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Processes;

public sealed class StreamTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    [Fact]
    public async Task The_two_outputs_stay_apart()
    {
        var child = await TestChild.RunAsync(fixture.Host, Spec.Shell("echo out; echo err >&2; exit 7"));

        Assert.Equal(("out\n", "err\n", new ExitStatus(7, 0)), (child.Stdout, child.Stderr, await child.Exited));
    }

    [Fact]
    public async Task Without_a_stdin_pipe_the_program_reads_dev_null()
    {
        var child = await TestChild.RunAsync(fixture.Host, Spec.Of("readlink", "/proc/self/fd/0"));

        Assert.Equal("/dev/null\n", child.Stdout);
        Assert.Equal(-1, child.Process.TryWrite("x"u8));
    }

    [Fact]
    public async Task Arguments_arrive_byte_for_byte_empty_ones_too()
    {
        string[] arguments = ["", " a b ", "\"'\\$x", "grün €", "\n"];
        var child = await TestChild.RunAsync(fixture.Host, Spec.Of(["printf", "<%s>", .. arguments]));

        Assert.Equal(string.Concat(arguments.Select(argument => $"<{argument}>")), child.Stdout);
    }

    [Fact]
    public async Task Arg0_is_what_the_program_sees_as_its_name_and_not_what_is_searched()
    {
        var child = await TestChild.RunAsync(fixture.Host, Spec.Of("sh", "-c", "echo $0") with { Arg0 = "another name" });

        Assert.Equal("another name\n", child.Stdout);
    }

    [Fact]
    public async Task The_environment_is_exactly_the_one_given()
    {
        var spec = Spec.Of("/usr/bin/env").With(("B", "2"), ("EMPTY", ""), ("", "nameless"), ("A=B", "c"), ("UML", "ü"));
        var child = await TestChild.RunAsync(fixture.Host, spec);

        Assert.Equal("B=2\nEMPTY=\n=nameless\nA=B=c\nUML=ü\n", child.Stdout);
    }

    [Fact]
    public async Task An_empty_environment_stays_empty()
    {
        var child = await TestChild.RunAsync(fixture.Host, Spec.Of("/usr/bin/env").With());

        Assert.Equal("", child.Stdout);
    }

    [Fact]
    public async Task The_working_directory_may_have_a_name_that_is_not_utf8()
    {
        using var folder = new TemporaryFolder();
        var make = await TestChild.RunAsync(fixture.Host, Spec.Shell("mkdir \"$(printf 'a\\377b')\"").In(folder.Path));
        Assert.Equal(0, (await make.Exited).Code);

        byte[] cwd = [.. Encoding.UTF8.GetBytes(folder.Path), (byte)'/', (byte)'a', 0xFF, (byte)'b'];
        var child = await TestChild.RunAsync(fixture.Host, Spec.Shell("pwd | od -An -tx1 | tr -d ' \\n'") with { Cwd = cwd });

        // System.IO cannot name the folder, so that rmdir has to remove it.
        await TestChild.RunAsync(fixture.Host, Spec.Shell("rmdir *").In(folder.Path));
        Assert.Equal(Convert.ToHexStringLower([.. cwd, (byte)'\n']), child.Stdout);
    }

    [Fact]
    public async Task Binary_bytes_pass_through_cat_unchanged()
    {
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        using var child = TestChild.Start(fixture.Host, Spec.Of("cat") with { Io = ProcessIo.PipesWithStdin });

        for (var sent = 0; sent < bytes.Length;)
        {
            var taken = child.Process.TryWrite(bytes.AsSpan(sent));
            Assert.InRange(taken, 0, bytes.Length - sent);
            sent += taken;
            if (sent < bytes.Length)
            {
                await child.NextAsync(ChildEventKind.StdinReady);
            }
        }

        child.Process.CloseStdin();
        await child.AllEnded;
        Assert.True(child.Bytes(OutputStreamKind.Stdout).AsSpan().SequenceEqual(bytes));
        Assert.Equal(new ExitStatus(0, 0), await child.Exited);
    }
}
