using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>What a file handle is for.</summary>
[JsonConverter(typeof(StringEnumConverter), typeof(CamelCaseNamingStrategy))]
public enum FsOpenMode
{
    /// <summary>Reading a file that is there.</summary>
    Read,

    /// <summary>Writing a file anew.</summary>
    Replace,
}
