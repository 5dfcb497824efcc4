#pragma warning disable CA2000 // placeholders pass to the launch, which lets them go; each failing path does so itself
using System.Globalization;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>The bubblewrap of this machine. Looked for and tried when first needed; what worked once is not tried again. Safe from several threads.</summary>
public sealed class Bubblewrap(SandboxOptions options)
{
    /// <summary>The first with --clearenv and --perms.</summary>
    private static readonly Version _oldest = new(0, 5, 0);

    /// <summary>The first with --argv0.</summary>
    private static readonly Version _firstWithArg0 = new(0, 9, 0);

    private readonly Lock _trying = new();
    private BubblewrapFacts? _works;

    /// <summary>What was set for this machine.</summary>
    public SandboxOptions Options { get; } = options ?? throw new ArgumentNullException(nameof(options));

    /// <summary>Finds the files of bound sockets, and remembers them from start to start.</summary>
    internal SocketSearch Sockets { get; } = new(options.Limits.SocketScanEntries);

    /// <summary>Finds and tries it; blocks for some 20 milliseconds the first time.</summary>
    /// <exception cref="SandboxException">It is missing, too old, or cannot make a sandbox here; the message says what to do.</exception>
    public BubblewrapFacts Require()
    {
        if (Volatile.Read(ref _works) is { } known)
        {
            return known;
        }

        lock (_trying)
        {
            return _works ??= Try();
        }
    }

    /// <summary>Makes everything ready for a start: the options, the filter, the placeholders.</summary>
    /// <param name="plan">What is to be seen.</param>
    /// <param name="command">Program and arguments; the program is looked for inside.</param>
    /// <param name="wanted">The rest; whether a user namespace is made, the descriptors and <see cref="SandboxCommandOptions.Arg0"/> are decided here.</param>
    /// <param name="arg0">The name the program is to see as its own; null for <c>command[0]</c>.</param>
    /// <exception cref="SandboxException">It cannot be enforced.</exception>
    internal SandboxLaunch Prepare(MountPlan plan, IReadOnlyList<string> command, SandboxCommandOptions wanted, string? arg0 = null)
    {
        var facts = Require();
        var renames = arg0 is not null && !string.Equals(arg0, command[0], StringComparison.Ordinal);
        if (renames && facts.Version < _firstWithArg0)
        {
            command = RenamedProgram.Wrap(plan, command, arg0!);
        }

        var filter = SeccompFilter.Build(wanted.RestrictsNetwork, Options.DeniesUnixSockets);
        using var files = facts.BindsDescriptors ? BoundFiles.Open(plan) : BoundFiles.None;
        var placeholders = wanted.HoldsAbsent ? Placeholders.Hold(plan.Absent, plan.Walls()) : Placeholders.Hold([]);
        try
        {
            (UnixPath Path, SafeFileHandle Handle)[] handed = facts.BindsDescriptors ? [.. files.Files, .. placeholders.Held] : [];
            var all = SandboxCommand.Build(plan, wanted with
            {
                UsesUserNamespace = facts.UsesUserNamespace,
                Proc = ProcFiles.Find(sharesNetwork: !wanted.RestrictsNetwork),
                Placeholders = [.. placeholders.Held.Select(held => held.Path)],
                Descriptors = handed.Index().ToDictionary(file => file.Item.Path, file => SandboxLaunch.FirstFileDescriptor + file.Index),
                Arg0 = renames && facts.Version >= _firstWithArg0 ? arg0 : null,
                FilterDescriptor = SandboxLaunch.FilterDescriptor,
                StatusDescriptor = SandboxLaunch.StatusDescriptor,
                ReadyDescriptor = SandboxLaunch.ReadyDescriptor,
            });
            return new SandboxLaunch(facts.Path, command, all, filter, [.. handed.Select(file => file.Handle)], placeholders);
        }
        catch
        {
            placeholders.Dispose();
            throw;
        }
    }

    private BubblewrapFacts Try()
    {
        var path = Find();
        var (code, text) = TrialRun.Run([path, "--version"]);
        if (code != 0 || ParseVersion(text) is not { } version)
        {
            throw Refuse($"{path} does not answer as bubblewrap does: {Quote(text, code)}; install it (apt-get install bubblewrap) or set sandbox.bubblewrap to it");
        }

        if (version < _oldest)
        {
            throw Refuse($"{path} is bubblewrap {version}, and 0.5.0 or later is needed; install a newer one and set sandbox.bubblewrap to it");
        }

        (code, text) = TryOnce(path, usesUserNamespace: true);
        if (code == 0)
        {
            return new BubblewrapFacts(path, version, UsesUserNamespace: true, BindsDescriptors(path));
        }

        // Root can do without, and has to where user namespaces are turned off.
        if (Libc.GetEffectiveUid() == 0 && TryOnce(path, usesUserNamespace: false).ExitCode == 0)
        {
            return new BubblewrapFacts(path, version, UsesUserNamespace: false, BindsDescriptors(path));
        }

        throw Refuse($"bubblewrap {version} cannot make one here: {Quote(text, code)}; {UserNamespaces.Remedy()}");
    }

    private string Find()
    {
        var name = Options.Bubblewrap;
        if (name.StartsWith('/'))
        {
            return UserEntry.IsProgram(name)
                ? name
                : throw Refuse($"sandbox.bubblewrap is {name}, which is no program; correct it, or leave it out to look on PATH");
        }

        return (ProgramEnvironment.Variable("PATH") ?? ProgramSearch.DefaultPath)
            .Split(':')
            .Where(folder => folder.StartsWith('/'))
            .Select(folder => $"{folder.TrimEnd('/')}/{name}")
            .FirstOrDefault(UserEntry.IsProgram)
            ?? throw Refuse(
                $"bubblewrap ({name}) was not found on the server's PATH; install it (apt-get install bubblewrap, dnf install bubblewrap), "
                + "or set sandbox.bubblewrap to the program");
    }

    // Everything that a sandbox uses, running bubblewrap itself inside, since it is sure to be there.
    private static (int ExitCode, string Text) TryOnce(string path, bool usesUserNamespace)
    {
        var plan = MountPlan.Make(
            new SandboxPolicy
            {
                RestrictsFiles = true,
                RestrictsNetwork = true,
                Entries = [new SandboxEntry(UnixPath.Root, SandboxAccess.Read)],
            },
            new SandboxLimits());
        var options = SandboxCommand.Build(plan, new SandboxCommandOptions
        {
            RestrictsNetwork = true,
            UsesUserNamespace = usesUserNamespace,
            Proc = ProcFiles.Find(sharesNetwork: false),
            FilterDescriptor = SandboxLaunch.FilterDescriptor,
            StatusDescriptor = SandboxLaunch.StatusDescriptor,
            ReadyDescriptor = SandboxLaunch.ReadyDescriptor,
        });
        using var launch = new SandboxLaunch(
            path, [path, "--version"], options, SeccompFilter.Build(restrictsNetwork: true, deniesUnixSockets: true), files: [],
            Placeholders.Hold([]));
        var (code, text) = TrialRun.Run(launch.Arguments, launch);
        return (code == 0 && ParseVersion(text) is null ? -1 : code, text);
    }

    // Since 0.10.0, and in older ones that distributions have mended.
    private static bool BindsDescriptors(string path) => TrialRun.Run([path, "--help"]).Text.Contains("--ro-bind-fd ", StringComparison.Ordinal);

    private static Version? ParseVersion(string text) =>
        text.StartsWith("bubblewrap ", StringComparison.Ordinal) && Version.TryParse(text["bubblewrap ".Length..].Trim(), out var version) ? version : null;

    private static string Quote(string text, int code)
    {
        var line = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault()?.Trim();
        return string.IsNullOrEmpty(line) ? $"it exited with {code.ToString(CultureInfo.InvariantCulture)} and said nothing" : line;
    }

    private static SandboxException Refuse(string reason) => new($"a sandbox was asked for and cannot be made: {reason}");
}

/// <summary>A bubblewrap that works here.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Version">Which it is.</param>
/// <param name="UsesUserNamespace">Whether it makes a user namespace too, as it has to unless the server is root.</param>
/// <param name="BindsDescriptors">
/// Whether it mounts files that it is handed open. Otherwise a program in another sandbox could swap a directory of the plan for a link just
/// before it is mounted.
/// </param>
public sealed record BubblewrapFacts(string Path, Version Version, bool UsesUserNamespace, bool BindsDescriptors);
