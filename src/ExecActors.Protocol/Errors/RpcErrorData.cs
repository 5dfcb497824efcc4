namespace ExecActors.Protocol;

/// <summary>What a refusal says to programs beside its text: the member <c>data</c> of an error of <c>process/start</c>.</summary>
/// <param name="Kind">One of <see cref="StartFailureKinds"/>, or a word that is newer than this.</param>
/// <param name="Errno">The errno behind it; null when there is none. An addition to the protocol.</param>
/// <param name="Path">
/// What it was about: the program, the working directory, or the interpreter that is missing. A file URI when the path is not UTF-8. Null when there
/// is none. An addition to the protocol.
/// </param>
public sealed record RpcErrorData(string Kind, int? Errno = null, string? Path = null);
