using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Turns the start of a sandboxed process into the start of bubblewrap.</summary>
internal sealed class SandboxedStart(Bubblewrap bubblewrap)
{
    private const int Attempts = 10;

    // What stands in for a program that is not there: it says so and exits as the reference server's wrapper does.
    private const string StandIn = "printf '%s\\n' \"$0\" >&2; exit 101";

    private static readonly SandboxPolicy _nothingToWrite = new()
    {
        RestrictsFiles = true,
        RestrictsNetwork = true,
        Entries = [new SandboxEntry(UnixPath.Root, SandboxAccess.Read)],
    };

    /// <summary>Plans the sandbox on the files as they are, and makes it ready. Blocks.</summary>
    /// <param name="spec">Its cwd exists.</param>
    /// <param name="environment">The whole environment of the program.</param>
    /// <exception cref="ProcessStartException">The sandbox cannot be enforced; with the text for the caller.</exception>
    public SandboxLaunch Prepare(ProcessSpec spec, IReadOnlyDictionary<string, string> environment)
    {
        var policy = spec.Sandbox ?? throw new ArgumentException("it has no sandbox", nameof(spec));
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return PrepareOnce(spec, policy, environment);
            }
            catch (SandboxException e) when (e.IsOutdated && attempt < Attempts)
            {
                // Planned on the files as they are now, it may fit them.
            }
            catch (SandboxException e)
            {
                throw new ProcessStartException(e.Message, 0, e) { IsOfSandbox = true };
            }
        }
    }

    private SandboxLaunch PrepareOnce(ProcessSpec spec, SandboxPolicy policy, IReadOnlyDictionary<string, string> environment)
    {
        // Before the plan: without bubblewrap nothing of the policy matters.
        bubblewrap.Require();
        var resolver = new PathResolver();
        var plan = MountPlan.Make(policy, bubblewrap.Options.Limits);
        if (Missing(spec, plan, resolver) is { } errno)
        {
            var refused = MountPlan.Make(_nothingToWrite, bubblewrap.Options.Limits);
            var text = $"Failed to execvp {spec.Argv[0]}: {OsError.Describe(errno)}";
            return bubblewrap.Prepare(refused, ["/bin/sh", "-c", StandIn, text], new SandboxCommandOptions { RestrictsNetwork = true });
        }

        var cwd = resolver.Resolve(UnixPath.FromBytes(spec.Cwd.Span)).Canonical;
        return bubblewrap.Prepare(
            plan,
            spec.Argv,
            new SandboxCommandOptions
            {
                RestrictsNetwork = policy.RestrictsNetwork,
                Cwd = IsSeen(plan, cwd) || plan.LeadsThrough(cwd) ? cwd : UnixPath.Root,
                Environment = environment,
                HoldsAbsent = true,
                Sockets = HostSockets.Find(plan, cwd, policy.RestrictsNetwork && !bubblewrap.Options.DeniesUnixSockets, bubblewrap.Sockets),
            },
            spec.Arg0);
    }

    // Looked for from outside, where it can be seen in the plan too. What is found and then cannot be run is told by bubblewrap.
    private static int? Missing(ProcessSpec spec, MountPlan plan, PathResolver resolver)
    {
        var search = new ProgramSearch(spec);
        try
        {
            foreach (var candidate in search.Candidates())
            {
                var path = UnixPath.FromBytes(spec.Cwd.Span).Combine(System.Text.Encoding.Latin1.GetString(candidate.AsSpan()[..^1]));
                var resolved = resolver.Resolve(path);
                if (resolved.Identity is not null && IsSeen(plan, resolved.Canonical))
                {
                    return null;
                }
            }

            return Errno.ENOENT;
        }
        catch (ProcessStartException e)
        {
            return e.Errno;
        }
    }

    private static bool IsSeen(MountPlan plan, UnixPath path) => plan.AccessTo(path) is SandboxAccess.Read or SandboxAccess.Write;
}
