using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>What a request, or a process, may do. Its members are in snake case on the wire, unlike everything around it.</summary>
[JsonObject(NamingStrategyType = typeof(SnakeCaseNamingStrategy))]
public abstract record PermissionProfile
{
    /// <summary>The profile's word on the wire: <c>disabled</c>, <c>external</c> or <c>managed</c>.</summary>
    [JsonProperty("type", Order = -2)]
    public abstract string Type { get; }

    /// <summary>Everything is allowed.</summary>
    public sealed record Disabled : PermissionProfile
    {
        /// <inheritdoc/>
        public override string Type => "disabled";
    }

    /// <summary>Somebody else guards the file system, for example a container; only the network is the server's matter.</summary>
    /// <param name="Network">Whether processes may use the network.</param>
    public sealed record External(NetworkAccess Network) : PermissionProfile
    {
        /// <inheritdoc/>
        public override string Type => "external";
    }

    /// <summary>The server guards both.</summary>
    /// <param name="FileSystem">What of the file system may be used.</param>
    /// <param name="Network">Whether processes may use the network. File methods do not ask.</param>
    public sealed record Managed(FileSystemProfile FileSystem, NetworkAccess Network) : PermissionProfile
    {
        /// <inheritdoc/>
        public override string Type => "managed";
    }
}
