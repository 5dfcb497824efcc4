using System.Globalization;
using System.Text;

namespace ExecActors.Platform;

/// <summary>Puts a plan into bubblewrap's options. Pure: nothing is opened or looked at.</summary>
public static class SandboxCommand
{
    /// <summary>bubblewrap stops at 9,000 arguments.</summary>
    private const int MaxArguments = 8_900;

    /// <summary>The options as <c>bwrap --args FD</c> reads them, each closed by a NUL. The command itself is not among them.</summary>
    /// <remarks>
    /// A fresh /proc, pid and IPC namespaces, no capabilities; bubblewrap sets no-new-privileges itself. The environment is in here and not
    /// bubblewrap's own: a variable of the client's such as LD_PRELOAD must not reach a program outside the sandbox.
    /// </remarks>
    /// <exception cref="SandboxException">There are more options than bubblewrap takes.</exception>
    public static byte[] Build(MountPlan plan, SandboxCommandOptions options)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        var words = new List<string>();
        if (options.UsesUserNamespace)
        {
            words.Add("--unshare-user");
        }

        words.AddRange(["--unshare-pid", "--unshare-ipc"]);
        if (options.RestrictsNetwork)
        {
            words.Add("--unshare-net");
        }

        AddFiles(words, plan, options);
        words.AddRange(["--chdir", options.Cwd.Raw, "--cap-drop", "ALL", "--clearenv"]);
        foreach (var (name, value) in options.Environment)
        {
            // As in an environment block, where the first sign of equality ends the name.
            var both = Raw($"{name}={value}");
            if (both.IndexOf('=') is var end and > 0)
            {
                words.AddRange(["--setenv", both[..end], both[(end + 1)..]]);
            }
        }

        AddOption(words, "--argv0", options.Arg0 is null ? null : Raw(options.Arg0));
        AddOption(words, "--seccomp", Number(options.FilterDescriptor));
        AddOption(words, "--json-status-fd", Number(options.StatusDescriptor));
        AddOption(words, "--block-fd", Number(options.ReadyDescriptor));
        if (words.Count > MaxArguments)
        {
            throw new SandboxException(
                $"the sandbox takes {words.Count.ToString(CultureInfo.InvariantCulture)} options, of which bubblewrap takes 8,900; "
                + "use fewer policy entries, patterns with fewer hits, or fewer variables");
        }

        return Encoding.Latin1.GetBytes(string.Join('\0', words) + '\0');
    }

    private static void AddFiles(List<string> words, MountPlan plan, SandboxCommandOptions options)
    {
        switch (plan)
        {
            case { KeepsDevices: true }:
                words.AddRange(["--dev-bind", "/", "/"]);
                break;
            case { RootAccess: SandboxAccess.Write }:
                words.AddRange(["--bind", "/", "/"]);
                break;
            case { RootAccess: SandboxAccess.Read }:
                words.AddRange(["--ro-bind", "/", "/"]);
                break;
            default:
                break;
        }

        if (!plan.KeepsDevices)
        {
            words.AddRange(["--dev", "/dev"]);
        }

        words.AddRange(["--proc", "/proc"]);
        options.Proc.AddTo(words);
        foreach (var mount in plan.Mounts)
        {
            words.AddRange(Words(mount, options));
        }

        foreach (var path in plan.Absent)
        {
            words.AddRange(options.Descriptors.TryGetValue(path, out var descriptor)
                ? ["--ro-bind-fd", Number(descriptor)!, path.Raw]
                : [options.Placeholders.Contains(path) ? "--ro-bind" : "--ro-bind-try", path.Raw, path.Raw]);
        }

        if (options.PrivateBinds.Count > 0)
        {
            // Passed through, but not listed: a walk through the sandbox does not come upon it.
            words.AddRange(["--perms", "0111", "--tmpfs", PrivateBind.Place.Raw]);
        }

        foreach (var bind in options.PrivateBinds)
        {
            words.AddRange(["--ro-bind", bind.Source.Raw, bind.Target.Raw]);
        }

        options.Sockets.AddTo(words);

        // Last: until now mount points were made in them.
        foreach (var mount in plan.Mounts.Where(mount => mount.Kind is MountKind.HiddenDirectory or MountKind.HiddenParent))
        {
            words.AddRange(["--remount-ro", mount.Path.Raw]);
        }

        if (plan.RootAccess is SandboxAccess.None or SandboxAccess.Deny)
        {
            words.AddRange(["--remount-ro", "/"]);
        }
    }

    private static string[] Words(in Mount mount, SandboxCommandOptions options)
    {
        var path = mount.Path.Raw;
        if (options.Descriptors.TryGetValue(mount.Path, out var descriptor))
        {
            return [mount.Kind == MountKind.ReadWrite ? "--bind-fd" : "--ro-bind-fd", Number(descriptor)!, path];
        }

        return mount switch
        {
            { Kind: MountKind.ReadWrite } => ["--bind", path, path],
            { Kind: MountKind.ReadOnly } => ["--ro-bind", path, path],
            { Kind: MountKind.HiddenDirectory } => ["--perms", "0000", "--tmpfs", path],
            { Kind: MountKind.HiddenParent } => ["--perms", "0111", "--tmpfs", path],
            { Kind: MountKind.Link } => ["--symlink", mount.Target, path],

            // A device file on a mount without devices cannot be opened, not even by one that may open everything.
            _ => ["--ro-bind", "/dev/null", path],
        };
    }

    private static void AddOption(List<string> words, string name, string? value)
    {
        if (value is not null)
        {
            words.AddRange([name, value]);
        }
    }

    private static string? Number(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    // One character per byte, as paths are.
    private static string Raw(string text) => Encoding.Latin1.GetString(NativeText.ToBytes(text));
}
