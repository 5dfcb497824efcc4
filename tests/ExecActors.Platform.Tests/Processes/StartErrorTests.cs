using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Processes;

/// <summary>The texts that docs/PROTOCOL.md fixes for refused starts.</summary>
public sealed class StartErrorTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private const string NotFound = "No such file or directory (os error 2)";
    private const string NotAllowed = "Permission denied (os error 13)";
    private const string NotADirectory = "Not a directory (os error 20)";
    private const string NotAProgram = "Exec format error (os error 8)";
    private const string HasNul = "nul byte found in provided data";

    /// <summary>Program, PATH, working directory, text with pipes, text with a terminal; {0} is the folder.</summary>
    public static TheoryData<string, string, string, string, string> Refused => new()
    {
        { "", "/bin", "/", "missing program for pipe spawn", "missing program for PTY spawn" },
        { "/no/such", "/bin", "/", NotFound, NotFound },
        { "./no", "/bin", "{0}", NotFound, "Unable to spawn {0}/./no because it does not exist" },
        { "./broken", "/bin", "{0}", NotFound, NotFound },
        { "no-such", "/bin:/a \"b\"", "/", NotFound, "Unable to spawn no-such because:\nNo viable candidates found in PATH \"/bin:/a \\\"b\\\"\"" },
        { "/tmp", "/bin", "/", NotAllowed, NotAllowed },
        { "{0}/plain", "/bin", "/", NotAllowed, NotAllowed },
        {
            "plain", "{0}:/bin", "/", NotAllowed,
            "Unable to spawn plain because:\n{0}/plain exists but is not executable.\nNo viable candidates found in PATH \"{0}:/bin\""
        },
        {
            "sub", "{0}", "/", NotAllowed,
            "Unable to spawn sub because:\n{0}/sub exists but is a directory.\nNo viable candidates found in PATH \"{0}\""
        },
        { "{0}/script", "/bin", "/", NotAProgram, NotAProgram },
        { "script", "{0}:/bin", "/", NotAProgram, NotAProgram },
        { "{0}/empty", "/bin", "/", NotAProgram, NotAProgram },
        { "{0}/broken", "/bin", "/", NotFound, NotFound },
        { "broken", "{0}", "/", NotFound, NotFound },
        { "{0}/plain/x", "/bin", "/", NotADirectory, NotADirectory },
        { "sh", "/bin", "{0}/missing", NotFound, NotFound },
        { "sh", "/bin", "{0}/plain", NotADirectory, NotADirectory },
        { "a\0b", "/bin", "/", HasNul, HasNul },
        { "sh", "/bin\0", "/", "data provided contains a nul byte", HasNul },
        { "sh", "/bin", "/\0x", HasNul, HasNul },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_refused_start_says_why(string program, string path, string cwd, string withPipes, string withTerminal)
    {
        using var folder = new TemporaryFolder();
        folder.Write("plain", "#!/bin/sh\n");
        folder.WriteProgram("script", "echo no interpreter line\n");
        folder.WriteProgram("empty", "");
        folder.WriteProgram("broken", "#!/no/such/interpreter\n");
        folder.Write("sub/file", "");
        string Here(string pattern) => pattern.Replace("{0}", folder.Path, StringComparison.Ordinal);

        var spec = Spec.Of(Here(program)).In(Here(cwd)).With(("PATH", Here(path)));
        foreach (var (io, expected) in new[] { (ProcessIo.Pipes, withPipes), (ProcessIo.PipesWithStdin, withPipes), (ProcessIo.Terminal, withTerminal) })
        {
            var refused = Assert.Throws<ProcessStartException>(() => fixture.Host.Start(spec with { Io = io }));

            Assert.Equal(Here(expected), refused.Message);
        }
    }

    [Theory]
    [InlineData("x", "y\0")]
    [InlineData("x\0", "y")]
    public void A_nul_in_an_argument_or_in_arg0_is_refused(string argument, string arg0) =>
        Assert.Equal(HasNul, Assert.Throws<ProcessStartException>(() => fixture.Host.Start(Spec.Of("echo", argument) with { Arg0 = arg0 })).Message);

    [Fact]
    public void Arguments_beyond_what_the_system_takes_are_refused()
    {
        var refused = Assert.Throws<ProcessStartException>(() => fixture.Host.Start(Spec.Of("echo", new string('x', 10_000_000))));

        Assert.Equal("Argument list too long (os error 7)", refused.Message);
    }
}
