using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.FileSystem.Helper;

/// <summary>Helpers are counted over the whole process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HelperTests
{
    public const string Name = "file helpers";
}

/// <summary>A test with helpers in real sandboxes, whose idle time is virtual.</summary>
[Collection(HelperTests.Name)]
public abstract class HelperTest : RuntimeTest
{
    protected HelperTest() => At = new Playground(Clock);

    private protected Playground At { get; }

    protected override void Dispose(bool disposing)
    {
        At.Dispose();
        base.Dispose(disposing);
    }
}
