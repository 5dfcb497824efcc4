using System.Globalization;
using System.Text;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Finds what patterns match now, within a bound over all patterns of a policy. Links are found and not followed. Blocks on the file system.</summary>
internal sealed class GlobScan(PathResolver resolver, int maxEntries, int? maxDepth, int maxHits)
{
    private const byte DT_UNKNOWN = 0;
    private const byte DT_DIR = 4;

    private int _looked;

    /// <summary>The paths that match, files and directories; what lies below one of them is left out.</summary>
    /// <param name="pattern">Absolute, one character per byte.</param>
    /// <exception cref="SandboxException">The bound was reached, or the pattern is none.</exception>
    public HashSet<UnixPath> Find(string pattern)
    {
        var hits = new HashSet<UnixPath>();
        foreach (var alternative in GlobPattern.Alternatives(pattern))
        {
            var components = alternative.Split('/', StringSplitOptions.RemoveEmptyEntries);
            var literal = components.TakeWhile(GlobPattern.IsLiteral).Count();
            if (components.Skip(literal).Any(component => component is "." or ".."))
            {
                throw GlobPattern.Refuse(pattern, "has `.` or `..` behind a wildcard, where it matches nothing; write the path without it");
            }

            var fixedPart = resolver.Resolve(UnixPath.FromRaw("/" + string.Join('/', components.Take(literal))));
            if (fixedPart.Identity is null)
            {
                continue;
            }

            if (literal == components.Length)
            {
                hits.Add(fixedPart.Canonical);
            }
            else if (fixedPart.Identity.Value.IsDirectory)
            {
                Walk(pattern, fixedPart.Canonical, components, [literal], depth: 0, hits);
            }
        }

        return hits;
    }

    // The states are the components that the names of this directory may match next.
    private void Walk(string pattern, UnixPath directory, string[] components, HashSet<int> states, int depth, HashSet<UnixPath> hits)
    {
        foreach (var (name, type) in List(directory))
        {
            if (++_looked > maxEntries)
            {
                throw GlobPattern.Refuse(
                    pattern,
                    $"was given up after {maxEntries.ToString(CultureInfo.InvariantCulture)} names (sandbox.glob-scan-entries); "
                    + "begin it with a narrower directory, or deny directories by path");
            }

            var (isHit, next) = Advance(components, states, name);
            var path = directory.Child(name);
            if (isHit)
            {
                if (hits.Count == maxHits)
                {
                    throw GlobPattern.Refuse(
                        pattern,
                        $"matches more than {maxHits.ToString(CultureInfo.InvariantCulture)} paths (sandbox.mounts); deny their directory by path instead");
                }

                hits.Add(path);
            }
            else if (next.Count > 0 && (maxDepth is null || depth < maxDepth) && IsDirectory(path, type))
            {
                Walk(pattern, path, components, next, depth + 1, hits);
            }
        }
    }

    private static (bool IsHit, HashSet<int> Next) Advance(string[] components, HashSet<int> states, string name)
    {
        var next = new HashSet<int>();
        foreach (var state in WithSkips(components, states))
        {
            if (components[state] is "**")
            {
                if (state == components.Length - 1)
                {
                    return (true, next);
                }

                next.Add(state);
            }
            else if (GlobPattern.Matches(components[state], name))
            {
                // A closing ** matches what is below, not the directory itself.
                if (state == components.Length - 1)
                {
                    return (true, next);
                }

                next.Add(state + 1);
            }
        }

        return (false, next);
    }

    // ** may stand for no directory at all.
    private static HashSet<int> WithSkips(string[] components, HashSet<int> states)
    {
        var all = new HashSet<int>(states);
        foreach (var state in states)
        {
            for (var i = state; i < components.Length - 1 && components[i] is "**"; i++)
            {
                all.Add(i + 1);
            }
        }

        return all;
    }

    private bool IsDirectory(UnixPath path, byte type) =>
        type == DT_DIR || (type == DT_UNKNOWN && resolver.Look(path) is { IsDirectory: true });

    private static unsafe List<(string Name, byte Type)> List(UnixPath directory)
    {
        var names = new List<(string Name, byte Type)>();
        var stream = Libc.OpenDirectoryStream(directory.ToCString());
        if (stream is null)
        {
            return names; // what this user cannot list, its sandboxed programs cannot either
        }

        try
        {
            while (Libc.ReadDirectory(stream, out var type) is { } name)
            {
                var text = Encoding.Latin1.GetString(name);
                if (text is not ("." or ".."))
                {
                    names.Add((text, type));
                }
            }
        }
        finally
        {
            _ = Libc.CloseDirectory(stream);
        }

        return names;
    }
}
