using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>What a child gets of the server's own environment.</summary>
[JsonConverter(typeof(StringEnumConverter), typeof(CamelCaseNamingStrategy))]
public enum EnvInherit
{
    /// <summary>The few names that a shell cannot do without, see <see cref="EnvPolicy.CoreNames"/>.</summary>
    Core,

    /// <summary>All of it.</summary>
    All,

    /// <summary>Nothing.</summary>
    None,
}
