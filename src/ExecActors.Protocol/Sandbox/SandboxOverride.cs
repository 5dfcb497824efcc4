using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>What the client has been allowed beyond the profile. The server enforces the profile whatever stands here.</summary>
[JsonConverter(typeof(StringEnumConverter), typeof(CamelCaseNamingStrategy))]
public enum SandboxOverride
{
    /// <summary>Nothing.</summary>
    NoOverride,

    /// <summary>Permissions were added by the client's user.</summary>
    EscalatedSandboxWithRestrictions,

    /// <summary>The client would try without a sandbox first.</summary>
    BypassSandboxFirstAttempt,
}
