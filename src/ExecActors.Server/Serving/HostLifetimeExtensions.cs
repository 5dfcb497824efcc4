namespace ExecActors.Server.Serving;

/// <summary>How the program asks its host to end.</summary>
internal static class HostLifetimeExtensions
{
    /// <summary>Ends the host; when it is still starting, as soon as it has. A start that is cut short would be reported as a failure.</summary>
    public static void StopOnceStarted(this IHostApplicationLifetime lifetime) =>
        lifetime.ApplicationStarted.Register(lifetime.StopApplication);
}
