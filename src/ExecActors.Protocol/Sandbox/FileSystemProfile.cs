using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>What of the file system may be used.</summary>
[JsonObject(NamingStrategyType = typeof(SnakeCaseNamingStrategy))]
public abstract record FileSystemProfile
{
    /// <summary>The word on the wire: <c>restricted</c> or <c>unrestricted</c>.</summary>
    [JsonProperty("type", Order = -2)]
    public abstract string Type { get; }

    /// <summary>All of it.</summary>
    public sealed record Unrestricted : FileSystemProfile
    {
        /// <inheritdoc/>
        public override string Type => "unrestricted";
    }

    /// <summary>What the entries grant, and nothing else.</summary>
    /// <param name="Entries">In the order sent, which has no meaning: the more specific path wins, and then deny, write, read.</param>
    /// <param name="GlobScanMaxDepth">
    /// How many levels a search for glob matches may go down, at least 1; null when the client does not say. Larger values than an
    /// <see cref="int"/> holds are read as <see cref="int.MaxValue"/>.
    /// </param>
    public sealed record Restricted(
        IReadOnlyList<ProfileEntry> Entries,
        [property: JsonProperty(NullValueHandling = NullValueHandling.Ignore)] int? GlobScanMaxDepth = null) : FileSystemProfile
    {
        /// <inheritdoc/>
        public override string Type => "restricted";
    }
}
