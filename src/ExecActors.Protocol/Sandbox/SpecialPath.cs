using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Places that the server knows by a word.</summary>
[JsonConverter(typeof(StringEnumConverter), typeof(SnakeCaseNamingStrategy))]
public enum SpecialPath
{
    /// <summary>The whole file system.</summary>
    Root,

    /// <summary>The directories that programs need to run at all: <c>/usr</c>, <c>/bin</c>, <c>/lib</c>, <c>/etc</c> and the like.</summary>
    Minimal,

    /// <summary>An older word for <see cref="ProjectRoots"/>.</summary>
    CurrentWorkingDirectory,

    /// <summary>The context's workspace roots, or <c>subpath</c> below each of them.</summary>
    ProjectRoots,

    /// <summary>What the server's variable <c>TMPDIR</c> names; nothing when it is not set.</summary>
    Tmpdir,

    /// <summary><c>/tmp</c>.</summary>
    SlashTmp,

    /// <summary>A place that only newer peers know; grants nothing.</summary>
    Unknown,
}
