using ExecActors.Protocol;

namespace ExecActors.Runtime.Http;

/// <summary>Which compressed bodies are asked for and decoded.</summary>
internal static class ContentCodings
{
    /// <summary>The accept-encoding of a request that has none of its own.</summary>
    public const string Accepted = "zstd,gzip";

    /// <summary>Finds out how a body is compressed. When it will be decoded, the headers that speak of the compressed one are taken out.</summary>
    /// <remarks>
    /// Whatever the status and the method are, and whatever the client said that it accepts. The first content-encoding decides, in exactly
    /// these spellings, as on the reference server.
    /// </remarks>
    /// <param name="lines">The response's headers, names in lower case.</param>
    public static ContentCoding Take(List<HttpHeaderLine> lines)
    {
        var coding = lines.Find(line => line.Name is "content-encoding")?.Value switch
        {
            "gzip" => ContentCoding.Gzip,
            "zstd" => ContentCoding.Zstd,
            _ => ContentCoding.None,
        };
        if (coding != ContentCoding.None)
        {
            lines.RemoveAll(line => line.Name is "content-encoding" or "content-length");
        }

        return coding;
    }
}
