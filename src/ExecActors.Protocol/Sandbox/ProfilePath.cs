using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>The place that an entry of a restricted profile is about.</summary>
[JsonObject(NamingStrategyType = typeof(SnakeCaseNamingStrategy))]
public abstract record ProfilePath
{
    /// <summary>The word on the wire: <c>path</c>, <c>glob_pattern</c> or <c>special</c>.</summary>
    [JsonProperty("type", Order = -2)]
    public abstract string Type { get; }

    /// <summary>A file or directory, with all below it.</summary>
    /// <param name="Path">The bytes of an absolute path in normal form, see <see cref="PathUri"/>.</param>
    public sealed record Literal([property: JsonConverter(typeof(PathUriConverter))] byte[] Path) : ProfilePath
    {
        /// <inheritdoc/>
        public override string Type => "path";
    }

    /// <summary>All that a pattern matches.</summary>
    /// <param name="Pattern">Native text, absolute or relative to the context's working directory.</param>
    public sealed record Glob(string Pattern) : ProfilePath
    {
        /// <inheritdoc/>
        public override string Type => "glob_pattern";

        /// <summary>Whether the pattern is relative, so that it means nothing without a working directory.</summary>
        [JsonIgnore]
        public bool IsRelative => !Pattern.StartsWith('/');
    }

    /// <summary>A place known by a word.</summary>
    /// <param name="Kind">The word.</param>
    /// <param name="Subpath">For <see cref="SpecialPath.ProjectRoots"/>: a path below each root, as sent; null for the roots themselves.</param>
    /// <param name="UnknownPath">For <see cref="SpecialPath.Unknown"/>: the text that a newer peer would understand; else null.</param>
    public sealed record Special(
        [property: JsonIgnore] SpecialPath Kind, [property: JsonIgnore] string? Subpath = null, [property: JsonIgnore] string? UnknownPath = null)
        : ProfilePath
    {
        /// <inheritdoc/>
        public override string Type => "special";

        /// <summary>The members as the wire nests them.</summary>
        public SpecialPathValue Value => new(Kind, Subpath, UnknownPath);
    }
}

/// <summary>What stands in the member <c>value</c> of <see cref="ProfilePath.Special"/>, whose parameters these are.</summary>
/// <param name="Kind">See <see cref="ProfilePath.Special"/>.</param>
/// <param name="Subpath">See <see cref="ProfilePath.Special"/>.</param>
/// <param name="Path">See <see cref="ProfilePath.Special"/>.</param>
[JsonObject(NamingStrategyType = typeof(SnakeCaseNamingStrategy), ItemNullValueHandling = NullValueHandling.Ignore)]
public sealed record SpecialPathValue(SpecialPath Kind, string? Subpath, string? Path);
