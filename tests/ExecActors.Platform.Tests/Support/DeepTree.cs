using System.Text;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Tests;

/// <summary>Directories in directories, deeper than any path is long, with a file in the lowest. Removed by <see cref="Dispose"/>, if they are still there.</summary>
internal sealed class DeepTree : IDisposable
{
    private readonly byte[] _top;

    public DeepTree(byte[] top, string name, int depth)
    {
        _top = top;
        FileTree.Done(LinuxFiles.CreateDirectory(top, recursive: false, followLinks: true));
        var nameBytes = CString.Of(Encoding.Latin1.GetBytes(name));
        var at = Open(Libc.NoDirectory, CString.Of(top));
        for (var level = 0; level < depth; level++)
        {
            Assert.Equal(0, Libc.MakeDirectoryAt(at, nameBytes));
            var next = Open(at, nameBytes);
            at.Dispose();
            at = next;
        }

        Libc.OpenAt(at, "file\0"u8, Libc.O_WRONLY | Libc.O_CREAT, 0x1B6).Dispose();
        at.Dispose();
    }

    public void Dispose() => FileTree.Done(LinuxFiles.Remove(_top, recursive: true, force: true, followLinks: true));

    private static SafeFileHandle Open(SafeFileHandle directory, byte[] name)
    {
        var opened = Libc.OpenAt(directory, name, Libc.O_PATH | Libc.O_DIRECTORY);
        Assert.False(opened.IsInvalid);
        return opened;
    }
}
