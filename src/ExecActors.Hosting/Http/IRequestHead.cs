using Microsoft.Extensions.Primitives;

namespace ExecActors.Hosting.Http;

/// <summary>What the rules of the site look at in a request, whoever has read it.</summary>
internal interface IRequestHead
{
    /// <summary>The method, as it came.</summary>
    string Method { get; }

    /// <summary>The path without the query.</summary>
    string Path { get; }

    /// <summary>Whether the version is HTTP/1.1: the one that has upgrades.</summary>
    bool IsHttp11 { get; }

    /// <summary>Every value of a header, by its name in any case; empty when it is not there.</summary>
    StringValues this[string name] { get; }

    /// <summary>Whether a header is there, with whatever value.</summary>
    bool Has(string name);
}
