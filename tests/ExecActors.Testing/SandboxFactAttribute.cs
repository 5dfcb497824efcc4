using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace ExecActors.Testing;

/// <summary>A test that needs a bubblewrap that works on this machine; it is skipped, and counted as skipped, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SandboxFactAttribute : FactAttribute
{
    /// <summary>Finds out once per test run whether bubblewrap works.</summary>
    public SandboxFactAttribute() => Skip = SandboxNeeds.Missing;
}

/// <summary>As <see cref="SandboxFactAttribute"/>, for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SandboxTheoryAttribute : TheoryAttribute
{
    /// <summary>Finds out once per test run whether bubblewrap works.</summary>
    public SandboxTheoryAttribute() => Skip = SandboxNeeds.Missing;
}

/// <summary>What tests of sandboxes need of the machine.</summary>
public static class SandboxNeeds
{
    /// <summary>Why no sandbox can be made here; null when one can.</summary>
    public static string? Missing { get; } = Find();

    private static string? Find()
    {
        var start = new ProcessStartInfo("bwrap")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in "--unshare-user --unshare-pid --unshare-net --ro-bind / / --proc /proc --dev /dev true".Split(' '))
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var trial = Process.Start(start)!;
            var error = trial.StandardError.ReadToEnd();
            trial.WaitForExit();
            return trial.ExitCode == 0 ? null : $"bubblewrap cannot make a sandbox here: {error.Trim()}";
        }
        catch (Win32Exception missing)
        {
            return $"bubblewrap is not installed (apt-get install bubblewrap): {missing.Message}";
        }
    }
}
