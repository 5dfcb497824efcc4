using ExecActors.Protocol;
using ExecActors.Runtime.Tests.Support;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.FileSystem.Helper;

public sealed class SandboxedFilesTests : RuntimeTest
{
    private readonly Playground _at;

    public SandboxedFilesTests() => _at = new Playground(Clock);

    [SandboxFact]
    public void What_is_granted_is_read_and_written_and_the_rest_is_absent()
    {
        _at.Write("ws/a.txt", "A");
        _at.Write("out/secret", "S");
        var sandbox = Playground.Sandbox((_at.Path("ws"), ProfileAccess.Write));

        Assert.Equal("A", _at.Read(sandbox, "ws/a.txt"));
        Assert.Equal(default, _at.WriteFile(sandbox, "ws/new", "N"));
        Assert.Equal("N", File.ReadAllText(_at.Path("ws/new")));
        Assert.Equal(Playground.NotFound, _at.ReadError(sandbox, "out/secret"));
        Assert.Equal(Playground.NotFound, _at.Refusal(sandbox, new FsGetMetadataParams(_at.Bytes("out"))));
    }

    protected override void Dispose(bool disposing)
    {
        _at.Dispose();
        base.Dispose(disposing);
    }
}
