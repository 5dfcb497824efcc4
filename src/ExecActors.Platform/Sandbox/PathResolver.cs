using System.Text;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>A symbolic link that was followed.</summary>
/// <param name="Location">Where it is; its directory is free of links.</param>
/// <param name="Target">Its text, one character per byte.</param>
internal readonly record struct FollowedLink(UnixPath Location, string Target);

/// <summary>Where a path leads now.</summary>
/// <param name="Canonical">Without links; what does not exist is left as it was named.</param>
/// <param name="Identity">The file there; null when there is none, or none that this user can reach.</param>
/// <param name="FirstMissing">The first part of the way that does not exist; null when all does.</param>
/// <param name="Links">The links on the way, in their order.</param>
internal sealed record ResolvedPath(UnixPath Canonical, FileFacts? Identity, UnixPath? FirstMissing, IReadOnlyList<FollowedLink> Links);

/// <summary>Follows the links of paths one component at a time, so that each is known. Looks at each path once; blocks on the file system.</summary>
internal sealed class PathResolver
{
    private const int MaxLinks = 40; // as the kernel

    private readonly Dictionary<UnixPath, FileFacts?> _seen = [];

    /// <summary>Follows a path to its end.</summary>
    /// <exception cref="SandboxException">The file system failed to answer.</exception>
    public ResolvedPath Resolve(UnixPath path)
    {
        var current = UnixPath.Root;
        var identity = Look(current);
        var links = new List<FollowedLink>();
        var left = new Stack<string>();
        Push(left, path.Raw);
        while (left.TryPop(out var component))
        {
            if (component is "" or ".")
            {
                continue;
            }

            if (component is "..")
            {
                current = current.Parent;
                identity = Look(current);
                continue;
            }

            var child = current.Child(component);
            identity = Look(child);
            if (identity is null)
            {
                return new ResolvedPath(child.Combine(string.Join('/', left)), null, child, links);
            }

            if (!identity.Value.IsLink)
            {
                current = child;
                continue;
            }

            if (links.Count == MaxLinks || Libc.ReadLink(child.ToCString()) is not { } target)
            {
                return new ResolvedPath(child.Combine(string.Join('/', left)), null, child, links); // a loop leads nowhere
            }

            var text = Encoding.Latin1.GetString(target);
            links.Add(new FollowedLink(child, text));
            current = text.StartsWith('/') ? UnixPath.Root : current;
            identity = Look(current);
            Push(left, text);
        }

        return new ResolvedPath(current, identity, null, links);
    }

    /// <summary>What is at a path, links not followed; null when nothing is.</summary>
    /// <exception cref="SandboxException">The file system failed to answer.</exception>
    public FileFacts? Look(UnixPath path)
    {
        if (_seen.TryGetValue(path, out var known))
        {
            return known;
        }

        FileFacts? found = null;
        if (Libc.FileIdentity(path.ToCString(), out var identity) == 0)
        {
            found = identity;
        }
        else if (!IsAbsence(Libc.LastErrno))
        {
            throw new SandboxException(
                $"the sandbox policy names {path}, which could not be examined: {OsError.Describe(Libc.LastErrno)}; leave it out or mend its file system");
        }

        _seen.Add(path, found);
        return found;
    }

    private static void Push(Stack<string> left, string path)
    {
        foreach (var component in path.Split('/').Reverse())
        {
            left.Push(component);
        }
    }

    // EACCES: what this user cannot reach, a program run as this user with less rights cannot reach either.
    private static bool IsAbsence(int errno) =>
        errno is Errno.ENOENT or Errno.ENOTDIR or Errno.EACCES or Errno.ELOOP or Errno.ENAMETOOLONG;
}
