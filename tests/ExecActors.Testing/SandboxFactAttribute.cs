using System.Diagnostics;
using Xunit;

namespace ExecActors.Testing;

/// <summary>A test that needs a bubblewrap which works here. Elsewhere it is skipped with the reason, and counted as skipped.</summary>
public sealed class SandboxFactAttribute : FactAttribute
{
    /// <summary>Skips where no sandbox can be made.</summary>
    public SandboxFactAttribute() => Skip = SandboxTrial.Missing;
}

/// <summary><see cref="SandboxFactAttribute"/> for theories.</summary>
public sealed class SandboxTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips where no sandbox can be made.</summary>
    public SandboxTheoryAttribute() => Skip = SandboxTrial.Missing;
}

/// <summary>Whether bubblewrap makes sandboxes on this machine.</summary>
internal static class SandboxTrial
{
    /// <summary>Why it does not; null when it does.</summary>
    public static string? Missing { get; } = Try();

    private static string? Try()
    {
        try
        {
            using var trial = Process.Start(new ProcessStartInfo("bwrap")
            {
                ArgumentList = { "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-pid", "--unshare-net", "--cap-drop", "ALL", "true" },
                UseShellExecute = false,
                RedirectStandardError = true,
            })!;
            var said = trial.StandardError.ReadToEnd().Trim();
            trial.WaitForExit();
            return trial.ExitCode == 0 ? null : $"no sandbox can be made here: {said}";
        }
        catch (Exception missing) when (missing is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return "no sandbox can be made here: bubblewrap is not installed";
        }
    }
}
