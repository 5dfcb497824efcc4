namespace ExecActors.Runtime.Http;

/// <summary>How the body of a response is compressed, of the ways that are decoded here.</summary>
internal enum ContentCoding
{
    /// <summary>Not at all, or in a way that is the client's to decode.</summary>
    None,

    /// <summary>RFC 1952.</summary>
    Gzip,

    /// <summary>RFC 8878.</summary>
    Zstd,
}
