using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using ExecActors.Platform.Interop;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests;

/// <summary>A temporary folder with files of every kind, named by bytes: each character of a name stands for one.</summary>
internal sealed partial class FileTree : IDisposable
{
    private const uint PermissionBits = 0xFFF;
    private readonly TemporaryFolder _folder = new();

    /// <summary>The folder's own path.</summary>
    public byte[] Root => Encoding.Latin1.GetBytes(_folder.Path);

    /// <summary>The folder's own path, as text.</summary>
    public string RootText => _folder.Path;

    /// <summary>The absolute path of something in the folder.</summary>
    public byte[] this[string name] => Encoding.Latin1.GetBytes($"{_folder.Path}/{name}");

    /// <summary>The path as text.</summary>
    public string Text(string name) => $"{_folder.Path}/{name}";

    /// <summary>Writes a file; missing directories are made.</summary>
    public FileTree File(string name, string content = "x", int mode = -1)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            Directory(name[..name.LastIndexOf('/')]);
        }

        Done(LinuxFiles.OpenReplace(this[name], followLinks: true, out var handle));
        using (handle)
        {
            Done(handle!.WriteAt(Encoding.Latin1.GetBytes(content), 0));
        }

        return mode < 0 ? this : Mode(name, mode);
    }

    public FileTree Directory(string name)
    {
        Done(LinuxFiles.CreateDirectory(this[name], recursive: true, followLinks: true));
        return this;
    }

    public FileTree Link(string name, string target)
    {
        Require(Libc.SymlinkAt(CString.Of(Encoding.Latin1.GetBytes(target)), Libc.NoDirectory, CString.Of(this[name])));
        return this;
    }

    public FileTree HardLink(string name, string existing)
    {
        Require(Libc.LinkAt(CString.Of(this[existing]), Libc.NoDirectory, CString.Of(this[name]), 0));
        return this;
    }

    public FileTree Fifo(string name)
    {
        Require(MkFifo(CString.Of(this[name]), 0x1FF));
        return this;
    }

    public FileTree Socket(string name)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var binding = Text($"{Guid.NewGuid():N}");
        socket.Bind(new UnixDomainSocketEndPoint(binding));
        System.IO.File.Move(binding, Text(name)); // the name it was bound to goes with the socket
        return this;
    }

    public FileTree Mode(string name, int mode)
    {
        Done(LinuxFiles.ChangeMode(this[name], mode, followLinks: true));
        return this;
    }

    /// <summary>What a file holds, one character for each byte.</summary>
    public string Content(string name)
    {
        Done(LinuxFiles.OpenRead(this[name], followLinks: true, out var handle));
        using (handle)
        {
            Done(handle!.GetSize(out var size));
            var bytes = new byte[size];
            Done(handle.ReadAt(bytes, 0, out var count));
            return Encoding.Latin1.GetString(bytes, 0, count);
        }
    }

    /// <summary>The permission bits as octal digits, not following links.</summary>
    public string ModeOf(string name) => Convert.ToString(Status(name).Permissions & PermissionBits, toBase: 8);

    /// <summary>What a link says; null for anything else.</summary>
    public string? Target(string name) =>
        Libc.ReadLinkAt(Libc.NoDirectory, CString.Of(this[name])) is { } target ? Encoding.Latin1.GetString(target).TrimEnd('\0') : null;

    /// <summary>Whether something, if only a link, has the name.</summary>
    public bool Exists(string name) => Libc.StatusAt(Libc.NoDirectory, CString.Of(this[name]), Libc.AT_SYMLINK_NOFOLLOW, out _) == 0;

    public FileStatus Status(string name)
    {
        Require(Libc.StatusAt(Libc.NoDirectory, CString.Of(this[name]), Libc.AT_SYMLINK_NOFOLLOW, out var status));
        return status;
    }

    /// <summary>Everything below a directory: its kind, permissions, content or target, by relative path.</summary>
    public SortedDictionary<string, string> Snapshot(string name)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var left = new Stack<string>([""]);
        while (left.TryPop(out var directory))
        {
            foreach (var entry in Names(name + directory).Select(entry => $"{directory}/{entry}"))
            {
                var status = Status(name + entry);
                var mode = ModeOf(name + entry);
                found[entry] = status.IsDirectory ? "directory"
                    : status.IsLink ? $"link {Target(name + entry)}"
                    : status.IsRegular ? string.Create(CultureInfo.InvariantCulture, $"file {mode} {Content(name + entry)}")
                    : "special";
                if (status.IsDirectory)
                {
                    left.Push(entry);
                }
            }
        }

        return found;
    }

    /// <summary>The names in a directory, in order.</summary>
    public IReadOnlyList<string> Names(string name)
    {
        Done(LinuxFiles.OpenDirectory(this[name], out var listing));
        using (listing)
        {
            var names = new List<string>();
            while (listing!.MoveNext())
            {
                names.Add(Encoding.Latin1.GetString(listing.Name));
            }

            Done(listing.Outcome);
            names.Sort(StringComparer.Ordinal);
            return names;
        }
    }

    public void Dispose()
    {
        Done(LinuxFiles.Remove(Root, recursive: true, force: true, followLinks: true));
        System.IO.Directory.CreateDirectory(_folder.Path); // its owner removes it
        _folder.Dispose();
    }

    public static void Done(FileOutcome outcome) => Assert.Equal(FileOutcome.Success, outcome);

    private static void Require(int result) => Assert.True(result >= 0, OsError.Describe(Libc.LastErrno));

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    private static partial int MkFifo(byte[] path, uint mode);
}
