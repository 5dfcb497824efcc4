using ExecActors.Testing;
using static ExecActors.Platform.Tests.Sandboxed;

namespace ExecActors.Platform.Tests.Processes;

/// <summary>Bytes that are not UTF-8 reach a child as they are, in whatever way it is started; what stands for no bytes is refused.</summary>
public sealed class ForeignBytesTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private const string Show = "printf %s \"$BAD\" | od -An -tx1; printf %s \"$1\" | od -An -tx1";

    private static ProcessSpec Spec(ProcessIo io) =>
        Tests.Spec.Of("/bin/sh", "-c", Show, "sh", "\uDCFE").With(("BAD", "a\uDCFFb"), ("PATH", "/no\uDC80such:/usr/bin:/bin")) with { Io = io };

    [Theory]
    [InlineData(ProcessIo.Pipes)]
    [InlineData(ProcessIo.Terminal)]
    public async Task Of_a_plain_process(ProcessIo io)
    {
        using var child = await TestChild.RunAsync(fixture.Host, Spec(io));
        Assert.Equal(" 61 ff 62\n fe\n", (child.Stdout + child.Terminal).ReplaceLineEndings("\n"));
    }

    [SandboxFact]
    public async Task Of_a_sandboxed_process()
    {
        using var child = await TestChild.RunAsync(fixture.Host, Spec(ProcessIo.Pipes).Under(Policy(Read("/"))));
        Assert.Equal(" 61 ff 62\n fe\n", child.Stdout);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        var argument = Assert.Throws<ProcessStartException>(() => fixture.Host.Start(Tests.Spec.Of("/bin/sh", "\uD800")));
        Assert.Equal("an argument has half a surrogate pair in it, which stands for no bytes", argument.Message);
        var variable = Assert.Throws<ProcessStartException>(() => fixture.Host.Start(Tests.Spec.Of("/bin/sh").With(("A", "\uD800"))));
        Assert.Equal("the variable A has half a surrogate pair in it, which stands for no bytes", variable.Message);
    }
}
