namespace ExecActors.Runtime.Http;

/// <summary>More of a compressed body came than a body may have, whatever it decodes to.</summary>
internal sealed class BodyTooLongException() : IOException("the compressed body is longer than a body may be");
