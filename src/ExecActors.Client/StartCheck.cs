using ExecActors.Platform;

namespace ExecActors.Client;

/// <summary>What no message can carry: half a surrogate pair, which is how bytes that are not UTF-8 look here. Changed, it would name something else.</summary>
internal static class StartCheck
{
    /// <exception cref="ArgumentException">With the name of what cannot be sent, never its value.</exception>
    public static void Require(ProcessStartRequest request)
    {
        for (var i = 0; i < request.Command.Count; i++)
        {
            Require(request.Command[i], $"argument {i} of the command");
        }

        RequireAll(request.Environment);
        if (request.EnvironmentPolicy is { } policy)
        {
            RequireAll(policy.Set);
        }
    }

    private static void RequireAll(IReadOnlyDictionary<string, string> variables)
    {
        foreach (var (name, value) in variables)
        {
            Require(name, $"the name of the variable {NativeText.Show(name)}");
            Require(value, $"the value of the variable {NativeText.Show(name)}");
        }
    }

    private static void Require(string text, string what)
    {
        if (NativeText.HasForeignBytes(text))
        {
#pragma warning disable MA0015 // which of the values it is the text says
            throw new ArgumentException($"A message carries text, and {what} is not UTF-8.");
#pragma warning restore MA0015
        }
    }
}
