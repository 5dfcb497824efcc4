using System.Reflection;
using System.Runtime.InteropServices;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>The program that becomes a file helper, and what of the host it consists of. Found once; does not change.</summary>
/// <remarks>
/// A policy need not grant what the helper itself is made of. Where it does not, that is bound read-only at places of its own below
/// <see cref="PrivateBind.Place"/>, in the sandbox's own /dev, and the program finds it by its environment. Only the loader has to be where the program's ELF
/// header says; the helper lets no request reach it there.
/// </remarks>
public sealed class HelperProgram
{
    /// <summary>The argument that makes the program a helper.</summary>
    public const string Argument = "fs-helper";

    private static readonly UnixPath _privateFolder = PrivateBind.Place.Child("app");
    private static readonly UnixPath _privateDotnet = PrivateBind.Place.Child("dotnet");
    private static readonly UnixPath _privateLibraries = PrivateBind.Place.Child("lib");
    private static readonly UnixPath _loader =
        UnixPath.FromText(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "/lib/ld-linux-aarch64.so.1" : "/lib64/ld-linux-x86-64.so.2");

    private static readonly UnixPath _proc = UnixPath.FromText("/proc"); // its own, where the runtime looks at itself

    // What the helper needs of .NET's settings: no socket for debuggers, no culture data, and small memory rather than the last bit of speed.
    private static readonly (string Name, string Value)[] _settings =
    [
        ("DOTNET_EnableDiagnostics", "0"),
        ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"),
        ("DOTNET_gcServer", "0"),
        ("DOTNET_gcConcurrent", "0"),
        ("DOTNET_GCHeapHardLimit", "0x20000000"), // 512 MiB; the largest answer is 64, gathered in a buffer that doubles
        ("DOTNET_TieredPGO", "0"),
    ];

    private readonly string[] _command;
    private readonly UnixPath _folder;
    private readonly UnixPath? _dotnet;
    private readonly UnixPath[] _libraries;

    private HelperProgram(string[] command, UnixPath folder, UnixPath? dotnet, UnixPath[] libraries)
    {
        _command = command;
        _folder = folder;
        _dotnet = dotnet;
        _libraries = libraries;
    }

    /// <summary>Finds it.</summary>
    /// <param name="configured">Absolute path of the program; empty for the one that is running.</param>
    /// <exception cref="SandboxException">The program is not there.</exception>
    public static HelperProgram Find(string configured)
    {
        ArgumentNullException.ThrowIfNull(configured);
        var command = configured.Length > 0 ? [configured] : Running();
        if (!UserEntry.IsProgram(command[0]) || Libc.RealPath(CString.Of(command[^1])) is not { } file)
        {
            throw new SandboxException(
                $"the program {command[0]} that should do sandboxed file work is no program; set sandbox.helper-command to one that begins with FsHelper.TryRun");
        }

        var folder = UnixPath.FromBytes(file).Parent;
        var dotnet = DotnetRoot();
        var libraries = LoadedLibraries().Where(path => !path.IsBelow(folder) && (dotnet is not { } root || !path.IsBelow(root))).ToArray();
        command[^1] = folder.Child(UnixPath.FromBytes(file).Name).ToString();
        return new HelperProgram(command, folder, dotnet, libraries);
    }

    /// <summary>How the program is run inside a plan.</summary>
    internal HelperCommand For(MountPlan plan)
    {
        UnixPath[] own = [_folder, .. _libraries, .. _dotnet is { } root ? [root] : Array.Empty<UnixPath>()];
        var isShown = plan.RootAccess is SandboxAccess.Read or SandboxAccess.Write && own.All(path => IsShown(plan, path));
        return isShown ? new HelperCommand([.. _command, Argument], Environment(_dotnet, libraries: null), [], [.. own, _proc]) : Private(plan);
    }

    private HelperCommand Private(MountPlan plan)
    {
        var binds = new List<PrivateBind> { new(_folder, _privateFolder) };
        if (_dotnet is { } root)
        {
            // Not all of it: an SDK beside the runtime is none of the helper's business.
            binds.Add(new PrivateBind(root.Child("host"), _privateDotnet.Child("host")));
            binds.Add(new PrivateBind(root.Child("shared"), _privateDotnet.Child("shared")));
        }

        binds.AddRange(_libraries.Select(path => new PrivateBind(path, _privateLibraries.Child(NeededName(path.Name)))));
        if (LoaderBind(plan) is { } loader)
        {
            binds.Add(loader);
        }

        var muxer = _dotnet?.Child("dotnet");
        string[] command = _command.Length == 1
            ? [Moved(_command[0])]
            : [_privateDotnet.Child(muxer!.Value.Name).ToString(), .. _command[1..^1], Moved(_command[^1])];
        if (_command.Length > 1)
        {
            binds.Add(new PrivateBind(muxer!.Value, _privateDotnet.Child(muxer.Value.Name)));
        }

        return new HelperCommand([.. command, Argument], Environment(_dotnet is null ? null : _privateDotnet, _privateLibraries), binds, [PrivateBind.Place, _loader, _proc]);
    }

    // The file libstdc++.so.6.0.30 is asked for as libstdc++.so.6.
    private static string NeededName(string file)
    {
        const string Mark = ".so.";
        var version = file.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
        var end = version < Mark.Length ? -1 : file.IndexOf('.', version);
        return end < 0 ? file : file[..end];
    }

    private static string Moved(string path) => _privateFolder.Child(UnixPath.FromText(path).Name).ToString();

    private static Dictionary<string, string> Environment(UnixPath? dotnet, UnixPath? libraries)
    {
        var variables = _settings.ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal);
        if (dotnet is { } root)
        {
            variables.Add("DOTNET_ROOT", root.ToString());
        }

        if (libraries is { } folder)
        {
            variables.Add("LD_LIBRARY_PATH", folder.ToString());
        }

        return variables;
    }

    /// <summary>The loader's path is in the program and cannot be moved; null where the plan shows it.</summary>
    private static PrivateBind? LoaderBind(MountPlan plan)
    {
        var loader = new PathResolver().Resolve(_loader);
        if (loader.Identity is null)
        {
            return null; // a program that has another one is built without it
        }

        // Along the links, as far as the plan has them: where it has none the way ends, and the loader can be put there.
        var place = _loader;
        foreach (var link in loader.Links)
        {
            if (!plan.Mounts.Any(mount => mount.Kind == MountKind.Link && mount.Path == link.Location) && !IsShown(plan, link.Location))
            {
                return new PrivateBind(loader.Canonical, place);
            }

            var rest = place.Raw[link.Location.Raw.Length..];
            place = UnixPath.FromRaw(link.Location.Parent.Combine(link.Target).Raw + rest);
        }

        return IsShown(plan, loader.Canonical) ? null : new PrivateBind(loader.Canonical, loader.Canonical);
    }

    private static bool IsShown(MountPlan plan, UnixPath path) =>
        plan.AccessTo(path) is SandboxAccess.Read or SandboxAccess.Write
        && !plan.Grants.Any(grant => grant.Value == SandboxAccess.Deny && grant.Key.IsAtOrBelow(path));

    private static string[] Running()
    {
        var program = ProgramEnvironment.ProgramPath() ?? throw new SandboxException("the running program is not known; set sandbox.helper-command");
        return string.Equals(Path.GetFileName(program), "dotnet", StringComparison.Ordinal) && Assembly.GetEntryAssembly()?.GetName().Name is { } assembly
            ? [program, Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll")]
            : [program];
    }

    /// <summary>The directory of <c>host</c> and <c>shared</c>; null when the program brings its own runtime.</summary>
    private static UnixPath? DotnetRoot()
    {
        // ROOT/shared/Microsoft.NETCore.App/VERSION/
        if (Libc.RealPath(CString.Of(RuntimeEnvironment.GetRuntimeDirectory())) is not { } runtime)
        {
            return null;
        }

        var root = UnixPath.FromBytes(runtime).Parent.Parent.Parent;
        return Directory.Exists($"{root}/host/fxr") ? root : null;
    }

    /// <summary>The shared libraries of this process: the helper is the same kind of program and needs no others.</summary>
    private static IEnumerable<UnixPath> LoadedLibraries() =>
        File.ReadLines("/proc/self/maps")
            .Select(line => line.IndexOf('/', StringComparison.Ordinal) is var start and > 0 ? line[start..] : "")
            .Where(path => path.Contains(".so", StringComparison.Ordinal) && !path.EndsWith(" (deleted)", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal)
            .Select(UnixPath.FromText);
}

/// <summary>A helper's command line, its whole environment, what has to be bound for it, and what it reads for itself as seen from inside.</summary>
internal sealed record HelperCommand(
    IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, IReadOnlyList<PrivateBind> Binds, IReadOnlyList<UnixPath> Own);
