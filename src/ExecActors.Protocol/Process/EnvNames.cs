namespace ExecActors.Protocol;

/// <summary>Names of variables: the kernel takes <c>NAME=VALUE</c>, so a name that is empty or has <c>=</c> or NUL in it would become another one.</summary>
internal static class EnvNames
{
    /// <summary>Notes the first name that cannot be one.</summary>
    /// <param name="fields">Receives the refusal.</param>
    /// <param name="variables">What was read; null after an error only.</param>
    /// <param name="member">Where it stood, for the refusal.</param>
    public static void Check(ref FieldReader fields, Dictionary<string, string>? variables, string member)
    {
        foreach (var name in variables?.Keys ?? Enumerable.Empty<string>())
        {
            if (name.Length == 0 || name.AsSpan().ContainsAny('=', '\0'))
            {
                fields.Fail(Errors.InvalidParams($"{member} has the name {Echo.Quoted(name)}; a name is not empty and has no `=` and no NUL in it"));
            }
        }
    }
}
