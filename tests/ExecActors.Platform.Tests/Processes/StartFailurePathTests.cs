using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Processes;

/// <summary>What a refused start was about: the program, its interpreter, or the working directory.</summary>
public sealed class StartFailurePathTests(HostFixture fixture) : IClassFixture<HostFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_program()
    {
        Assert.Equal((2, "/no/such/program"), Refusal(Spec.Of("/no/such/program")));
        Assert.Equal((2, "no-such-program"), Refusal(Spec.Of("no-such-program")));
        Assert.Equal((13, "/etc/passwd"), Refusal(Spec.Of("/etc/passwd")));
        var text = _folder.WriteProgram("text", "neither script nor ELF");
        Assert.Equal((8, text), Refusal(Spec.Of("text").With(("PATH", _folder.Path))));
    }

    [Fact]
    public void The_interpreter_of_a_script() =>
        Assert.Equal((2, "/no/such/interpreter"), Refusal(Spec.Of(_folder.WriteProgram("script", "#! /no/such/interpreter -x\n"))));

    [Fact]
    public void The_loader_that_an_ELF_file_names()
    {
        // Each program of this machine names one; the same file with another name in that place has no loader.
        var bytes = File.ReadAllBytes("/bin/true");
        var place = bytes.AsSpan().IndexOf("/lib"u8);
        Assert.InRange(place, 1, 4095);
        "/LIB"u8.CopyTo(bytes.AsSpan(place));
        var program = _folder.WriteProgram("program", "");
        File.WriteAllBytes(program, bytes);
        var (errno, path) = Refusal(Spec.Of(program));
        Assert.Equal(2, errno);
        Assert.StartsWith("/LIB", path, StringComparison.Ordinal);
    }

    [Fact]
    public void The_working_directory()
    {
        Assert.Equal((2, "/no/such/directory"), Refusal(Spec.Of("/bin/true").In("/no/such/directory")));
        Assert.Equal((20, "/etc/passwd"), Refusal(Spec.Of("/bin/true").In("/etc/passwd")));
    }

    private (int Errno, string? Path) Refusal(ProcessSpec spec)
    {
        var refusal = Assert.Throws<ProcessStartException>(() => fixture.Host.Start(spec));
        return (refusal.Errno, refusal.Path);
    }
}
