using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Whether what runs under a profile may use the network.</summary>
[JsonConverter(typeof(StringEnumConverter), typeof(SnakeCaseNamingStrategy))]
public enum NetworkAccess
{
    /// <summary>No internet sockets.</summary>
    Restricted,

    /// <summary>The network as the server has it.</summary>
    Enabled,
}
