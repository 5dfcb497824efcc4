using ExecActors.Platform;

namespace ExecActors.Hosting;

/// <summary>What a server tells of the machine and of itself, as it is when the server starts.</summary>
/// <param name="EnvironmentInfo">The result of environment/info as JSON.</param>
/// <param name="Variables">The server's own environment, byte for byte; see <see cref="NativeText"/>.</param>
internal sealed record ServerFacts(ReadOnlyMemory<byte> EnvironmentInfo, IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>Looks at the machine; reads some files.</summary>
    public static ServerFacts Read() => new(EnvironmentInfoJson.Of(HostFacts.Read()), ProgramEnvironment.Variables());
}
