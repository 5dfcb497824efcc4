namespace ExecActors.Protocol;

/// <summary>What a path is for; the refusal of a path that another platform could have depends on it.</summary>
public enum PathRole
{
    /// <summary>A file method's path: refused with <see cref="ErrorCodes.InvalidRequest"/>.</summary>
    File,

    /// <summary>The working directory of a process: refused with <see cref="ErrorCodes.InvalidParams"/>, naming the member.</summary>
    Cwd,
}
