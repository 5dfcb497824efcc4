namespace ExecActors.Protocol;

public sealed partial record EnvPolicy
{
    // A few hundred names against a few hundred patterns need some ten million steps. The bound keeps a hostile request under a second.
    private const long MostMatchingSteps = 1L << 30;
    private const long InheritedNamesAllowance = 64 * 1024;

    /// <summary>Reads the object or null at the reader's place.</summary>
    internal static EnvPolicy? Read(ref FieldReader fields)
    {
        if (!fields.EnterOrNull("struct ExecEnvPolicy"))
        {
            return null;
        }

        string? inherit = null;
        bool? ignoreDefaultExcludes = null;
        List<string>? exclude = null, includeOnly = null;
        Dictionary<string, string>? set = null;
        while (fields.NextMember(out var name))
        {
            switch (name)
            {
                case "inherit":
                    inherit = fields.Variant("core", "all", "none");
                    break;
                case "ignoreDefaultExcludes":
                    ignoreDefaultExcludes = fields.Boolean();
                    break;
                case "exclude":
                    exclude = fields.Strings();
                    break;
                case "set":
                    set = fields.StringMap();
                    EnvNames.Check(ref fields, set, "envPolicy.set");
                    break;
                case "includeOnly":
                    includeOnly = fields.Strings();
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }

        fields.Require(inherit, "inherit");
        fields.Require(ignoreDefaultExcludes, "ignoreDefaultExcludes");
        fields.Require(exclude, "exclude");
        fields.Require(set, "set");
        fields.Require(includeOnly, "includeOnly");
        if (fields.Error is not null)
        {
            return null;
        }

        var policy = new EnvPolicy(InheritOf(inherit!), ignoreDefaultExcludes!.Value, exclude!, set!, includeOnly!);
        if (policy.MatchingSteps() > MostMatchingSteps)
        {
            fields.Fail(Errors.InvalidParams("envPolicy is too large: use fewer or shorter patterns, or fewer names in `set`"));
        }

        return policy;
    }

    private long MatchingSteps()
    {
        var names = InheritedNamesAllowance + Set.Keys.Sum(name => (long)name.Length);
        var patterns = Exclude.Concat(IncludeOnly).Sum(pattern => (long)pattern.Length + 1);
        return names * patterns;
    }

    private static EnvInherit InheritOf(string word) => word switch
    {
        "core" => EnvInherit.Core,
        "all" => EnvInherit.All,
        _ => EnvInherit.None,
    };
}
