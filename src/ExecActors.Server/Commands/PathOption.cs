using System.CommandLine;

namespace ExecActors.Server.Commands;

/// <summary>An option with the path of a file, which must not be empty.</summary>
internal static class PathOption
{
    /// <summary>Makes the option; without it on the command line its value is null.</summary>
    public static Option<string?> Create(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "PATH" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "" }])
            {
                result.AddError($"{name} needs a path.");
            }
        });
        return option;
    }
}
