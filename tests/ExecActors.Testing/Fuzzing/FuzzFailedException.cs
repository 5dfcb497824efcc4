namespace ExecActors.Testing.Fuzzing;

/// <summary>A target did not deal with an input as it should. The message has the seed, the input and the command that does it again.</summary>
public sealed class FuzzFailedException(string message, Exception cause) : Exception(message, cause);
