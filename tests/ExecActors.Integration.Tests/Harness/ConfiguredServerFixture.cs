namespace ExecActors.Integration.Tests.Harness;

/// <summary>A server with some settings laid over the built-in ones.</summary>
/// <param name="hocon">What a <c>--config</c> file says.</param>
public abstract class ConfiguredServerFixture(string hocon) : ServerFixture
{
    private readonly string _file = Path.Combine(ServerUnderTest.Home, $"{Guid.NewGuid():N}.conf");

    /// <inheritdoc/>
    protected override IEnumerable<string> Arguments
    {
        get
        {
            if (ServerUnderTest.IsReference)
            {
                return []; // it has no settings
            }

            File.WriteAllText(_file, hocon);
            return ["--config", _file];
        }
    }
}
