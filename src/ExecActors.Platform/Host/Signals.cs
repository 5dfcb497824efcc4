namespace ExecActors.Platform;

/// <summary>Signal numbers, signal(7); equal on x86-64 and arm64.</summary>
public static class Signals
{
    /// <summary>Hangup of the controlling terminal.</summary>
    public const int SIGHUP = 1;

    /// <summary>Interrupt, as ctrl-C sends it.</summary>
    public const int SIGINT = 2;

    /// <summary>Quit, as ctrl-\ sends it.</summary>
    public const int SIGQUIT = 3;

    /// <summary>Cannot be caught, blocked or ignored.</summary>
    public const int SIGKILL = 9;

    /// <summary>A polite request to end.</summary>
    public const int SIGTERM = 15;
}
