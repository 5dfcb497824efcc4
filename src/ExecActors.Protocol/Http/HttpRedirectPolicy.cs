using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>What a request does with an answer that names another place.</summary>
[JsonConverter(typeof(StringEnumConverter), typeof(CamelCaseNamingStrategy))]
public enum HttpRedirectPolicy
{
    /// <summary>Goes there, at most 10 times.</summary>
    Follow,

    /// <summary>Takes the answer as the result.</summary>
    Stop,
}
