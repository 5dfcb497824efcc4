namespace ExecActors.Platform.Tests;

/// <summary>Trees for properties: few names, so that they meet often.</summary>
internal static class RandomTree
{
    private static readonly Dictionary<string, string[]> _names = new(StringComparer.Ordinal)
    {
        ["directory"] = ["a", "b", "dir", ".hidden", "z z"],
        ["file"] = ["f", "g.txt", ".dot", "\u00C3\u00A9", "A"], // one of them is é in UTF-8
        ["link"] = ["l", ".m"],
        ["dangling"] = ["n"],
        ["fifo"] = ["p"],
    };

    public static IReadOnlyList<string> AllKinds { get; } = [.. _names.Keys];

    /// <summary>Makes entries anywhere below a directory. A name always stands for the same kind.</summary>
    public static void Fill(FileTree tree, string prefix, Random random, IReadOnlyList<string> kinds, int entries)
    {
        var directories = new List<string> { prefix };
        while (entries-- > 0)
        {
            var kind = kinds[random.Next(kinds.Count)];
            var names = _names[kind];
            var path = directories[random.Next(directories.Count)] + names[random.Next(names.Length)];
            if (tree.Exists(path))
            {
                continue;
            }

            switch (kind)
            {
                case "directory":
                    tree.Directory(path);
                    directories.Add(path + "/");
                    break;
                case "file":
                    tree.File(path, new string('x', random.Next(10)), 0x180 | random.Next(0x40));
                    break;
                case "link":
                    tree.Link(path, tree.Text(directories[random.Next(directories.Count)]));
                    break;
                case "dangling":
                    tree.Link(path, "nowhere");
                    break;
                default:
                    tree.Fifo(path);
                    break;
            }
        }
    }

    /// <summary>Whether a path is neither a directory nor one of the FIFOs made here.</summary>
    public static bool IsFile(string path) => File.Exists(path) && Path.GetFileName(path) is not "p";
}
