using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Processes;

public sealed class ProgramSearchTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private const string SayName = "#!/bin/sh\necho ran $0\n";

    /// <summary>In the folder {0}: program "here", and "deep" in its folder "sub".</summary>
    public static TheoryData<string, string?, string> Found => new()
    {
        { "{0}/here", "/nowhere", "ran {0}/here" },
        { "./here", "/nowhere", "ran ./here" },
        { "sub/deep", "/nowhere", "ran sub/deep" },
        { "here", "{0}", "ran {0}/here" },
        { "here", "", "ran here" },
        { "here", ":/bin", "ran here" },
        { "here", "/bin:", "ran here" },
        { "here", ".", "ran ./here" },
        { "deep", "/nowhere:sub", "ran sub/deep" },
        { "here", "{0}/here:/etc/passwd:{0}", "ran {0}/here" },
        { "here", "{0}/blocked:{0}/folders:{0}", "ran {0}/here" },
        { "here", "{0}/broken:{0}", "ran {0}/here" },
    };

    [Theory]
    [MemberData(nameof(Found))]
    public async Task A_program_is_found_as_execvp_would_from_the_childs_directory(string program, string? path, string expected)
    {
        using var folder = Prepare();
        foreach (var io in new[] { ProcessIo.Pipes, ProcessIo.Terminal })
        {
            var spec = Spec.Of(In(program, folder)).In(folder.Path).With(("PATH", In(path!, folder))) with { Io = io };
            var child = await TestChild.RunAsync(fixture.Host, spec);

            Assert.Equal(In(expected, folder), (child.Stdout + child.Terminal).TrimEnd());
        }
    }

    [Theory]
    [InlineData(ProcessIo.Pipes)]
    [InlineData(ProcessIo.Terminal)]
    public async Task A_child_without_a_path_has_its_program_looked_for_in_the_default_one(ProcessIo io)
    {
        var child = await TestChild.RunAsync(fixture.Host, Spec.Of("sh", "-c", "echo found").With() with { Io = io });

        Assert.Equal("found", (child.Stdout + child.Terminal).TrimEnd());
    }

    [Fact]
    public async Task The_servers_own_path_does_not_count()
    {
        using var folder = Prepare();
        var before = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", folder.Path);
        try
        {
            Assert.Equal(2, Assert.Throws<ProcessStartException>(() => fixture.Host.Start(Spec.Of("here"))).Errno);
            Assert.Equal("x\n", (await TestChild.RunAsync(fixture.Host, Spec.Of("echo", "x"))).Stdout);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", before);
        }
    }

    private static TemporaryFolder Prepare()
    {
        var folder = new TemporaryFolder();
        folder.WriteProgram("here", SayName);
        folder.WriteProgram("sub/deep", SayName);
        folder.Write("blocked/here", SayName);
        Directory.CreateDirectory($"{folder.Path}/folders/here");
        folder.WriteProgram("broken/here", "#!/no/such/interpreter\n");
        return folder;
    }

    private static string In(string pattern, TemporaryFolder folder) => pattern.Replace("{0}", folder.Path, StringComparison.Ordinal);
}
