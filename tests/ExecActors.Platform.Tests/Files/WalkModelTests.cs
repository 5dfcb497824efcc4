using System.Text;
using FsCheck.Xunit;

namespace ExecActors.Platform.Tests.Files;

/// <summary>Walks and copies of random trees, against ones that are written as plainly as possible.</summary>
public sealed class WalkModelTests
{
    [Property(MaxTest = 60)]
    public void A_walk_finds_what_a_naive_one_finds(int seed)
    {
        var random = new Random(seed);
        using var tree = new FileTree();
        RandomTree.Fill(tree, "", random, RandomTree.AllKinds, entries: random.Next(40));
        var limits = new WalkLimits(
            random.Next(5), random.Next(1, 12), random.Next(1, 40), FollowLinks: random.Next(2) == 0, PruneHidden: random.Next(2) == 0);

        FileTree.Done(LinuxFiles.Walk(tree.Root, limits, out var found));

        var (entries, truncated) = NaiveWalk(tree.RootText, limits);
        Assert.Equal(entries, found.Entries.Select(entry => Encoding.UTF8.GetString(entry.Path) + (entry.IsDirectory ? "/" : "")), StringComparer.Ordinal);
        Assert.Equal(truncated, found.Truncated);
        Assert.Empty(found.Errors);
    }

    [Property(MaxTest = 40)]
    public void A_copy_is_what_was_there_with_the_source_laid_over_it(int seed)
    {
        var random = new Random(seed);
        using var tree = new FileTree();
        tree.Directory("source").Directory("destination");
        RandomTree.Fill(tree, "source/", random, RandomTree.AllKinds, entries: random.Next(30));

        // Beside names that can clash with a file or directory of the source only as the same kind.
        RandomTree.Fill(tree, "destination/", random, ["directory", "file"], entries: random.Next(30));
        var expected = tree.Snapshot("destination");
        foreach (var (path, content) in tree.Snapshot("source").Where(entry => entry.Value is not "special"))
        {
            expected[path] = content;
        }

        FileTree.Done(LinuxFiles.Copy(tree["source"], tree["destination"], recursive: true));

        Assert.Equal(expected, tree.Snapshot("destination"));
    }

    private static (List<string> Entries, bool Truncated) NaiveWalk(string root, WalkLimits limits)
    {
        var entries = new List<string>();
        var queue = new Queue<(string Path, int Depth)>([(root, 0)]);
        var entered = new HashSet<string>(StringComparer.Ordinal);
        var (opened, examined) = (0, 0);
        while (queue.TryDequeue(out var next))
        {
            if (!entered.Add(RealPath(next.Path)))
            {
                continue;
            }

            if (opened++ == limits.MaxDirectories)
            {
                return (entries, true);
            }

            foreach (var path in Directory.EnumerateFileSystemEntries(next.Path).Order(StringComparer.Ordinal))
            {
                var isLink = new FileInfo(path).LinkTarget is not null;
                if (isLink && !Directory.Exists(path))
                {
                    continue; // leads nowhere: all others lead to directories
                }

                if (examined++ == limits.MaxEntries)
                {
                    return (entries, true);
                }

                var isDirectory = Directory.Exists(path) && (!isLink || limits.FollowLinks);
                if (isDirectory || (!isLink && RandomTree.IsFile(path)))
                {
                    entries.Add(isDirectory ? path + "/" : path);
                }

                if (isDirectory && next.Depth < limits.MaxDepth && !(limits.PruneHidden && Path.GetFileName(path)[0] == '.'))
                {
                    queue.Enqueue((path, next.Depth + 1));
                }
            }
        }

        return (entries, false);
    }

    private static string RealPath(string path)
    {
        FileTree.Done(LinuxFiles.Canonicalize(Encoding.UTF8.GetBytes(path), out var real));
        return Encoding.UTF8.GetString(real);
    }
}
