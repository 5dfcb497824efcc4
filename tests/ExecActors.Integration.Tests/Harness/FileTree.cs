using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>A fresh folder under <c>/tmp</c> with what a test wants to find in it; removed with everything in it.</summary>
public sealed class FileTree : IDisposable
{
    /// <summary>Makes the folder. Everybody may look into it, as into most folders that an agent works in.</summary>
    public FileTree()
    {
        Root = $"/tmp/xt-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
        System.IO.Directory.CreateDirectory(Root);
    }

    /// <summary>Its absolute path.</summary>
    public string Root { get; }

    /// <summary>The absolute path of something in it.</summary>
    public string At(string name) => name.Length == 0 ? Root : $"{Root}/{name}";

    /// <summary>The URI of something in it, its name percent-encoded.</summary>
    public string Uri(string name = "") => $"file://{Root}{string.Concat(name.Split('/').Where(part => part.Length > 0).Select(part => "/" + System.Uri.EscapeDataString(part)))}";

    /// <summary>Makes a folder, those above it as well.</summary>
    public FileTree Directory(string name)
    {
        System.IO.Directory.CreateDirectory(At(name));
        return this;
    }

    /// <summary>Makes a file, the folders above it as well.</summary>
    public FileTree File(string name, string content = "")
    {
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        System.IO.File.WriteAllText(At(name), content);
        return this;
    }

    /// <summary>Lets everybody run a file.</summary>
    public FileTree Executable(string name)
    {
#pragma warning disable CA1416 // Linux only, as all of this
        System.IO.File.SetUnixFileMode(At(name), System.IO.File.GetUnixFileMode(At(name)) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
#pragma warning restore CA1416
        return this;
    }

    /// <summary>Makes an empty file whose name is these bytes.</summary>
    public FileTree File(ReadOnlySpan<byte> name)
    {
        Posix.CreateFile([.. Encoding.UTF8.GetBytes(Root + "/"), .. name, 0]);
        return this;
    }

    /// <summary>Makes a file that has this size and no content.</summary>
    public FileTree Sparse(string name, long bytes)
    {
        using var file = System.IO.File.Create(At(name));
        file.SetLength(bytes);
        return this;
    }

    /// <summary>Makes a symbolic link.</summary>
    public FileTree Link(string name, string target)
    {
        System.IO.File.CreateSymbolicLink(At(name), target);
        return this;
    }

    /// <summary>Makes a second name of a file.</summary>
    public FileTree HardLink(string name, string existing)
    {
        Posix.HardLink(At(existing), At(name));
        return this;
    }

    /// <summary>Makes a named pipe.</summary>
    public FileTree Fifo(string name)
    {
        Posix.MakeFifo(At(name));
        return this;
    }

    /// <summary>Puts another content into a file, which stays the same file.</summary>
    public void Rewrite(string name, string content) => System.IO.File.WriteAllText(At(name), content);

    /// <summary>The content of a file.</summary>
    public string Read(string name) => System.IO.File.ReadAllText(At(name));

    /// <summary>Whether something is there, a dangling link included.</summary>
    public bool Has(string name) => Path.Exists(At(name)) || new FileInfo(At(name)).LinkTarget is not null;

    /// <summary>The permission bits of what is there.</summary>
    public int Mode(string name) => Posix.ModeOf(At(name));

    /// <summary>The names in a folder, in byte order.</summary>
    public IReadOnlyList<string> Names(string folder = "") =>
        [.. System.IO.Directory.EnumerateFileSystemEntries(At(folder)).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    /// <summary>Empties the folder.</summary>
    public void Clear()
    {
        Remove();
        System.IO.Directory.CreateDirectory(Root);
    }

    /// <summary>Removes the folder.</summary>
    public void Dispose() => Remove();

    /// <summary>By rm(1), which knows names that are no text.</summary>
    private void Remove()
    {
        using var remove = Process.Start("/bin/rm", ["-rf", "--", Root]);
        remove.WaitForExit();
    }
}
