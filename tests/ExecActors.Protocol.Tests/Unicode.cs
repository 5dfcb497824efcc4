using System.Text;

namespace ExecActors.Protocol.Tests;

/// <summary>Makes what a generator draws fit for the wire.</summary>
internal static class Unicode
{
    /// <summary>The text with U+FFFD in place of half surrogate pairs; empty for null.</summary>
    public static string Valid(string? text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
}
