using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>What an entry of a restricted profile grants. The wire's <c>none</c> is read as <see cref="Deny"/>.</summary>
[JsonConverter(typeof(StringEnumConverter), typeof(SnakeCaseNamingStrategy))]
public enum ProfileAccess
{
    /// <summary>Reading.</summary>
    Read,

    /// <summary>Reading and writing.</summary>
    Write,

    /// <summary>Nothing; what lies there is hidden.</summary>
    Deny,
}
