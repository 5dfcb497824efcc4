using System.Buffers.Binary;
using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>A mounted file system (FUSE) that says it is there and then answers nothing: whoever looks at it hangs until it is disposed.</summary>
/// <remarks>The test itself must not touch what is below <see cref="Path"/>.</remarks>
public sealed partial class DeadMount : IDisposable
{
    private const uint Init = 26; // FUSE_INIT
    private const int HeadBytes = 16;
    private const int InitBytes = 64;
    private const int Detach = 2; // MNT_DETACH

    private readonly FileTree _folder = new FileTree().Directory("dead");
    private readonly SafeFileHandle _device;

    private DeadMount(SafeFileHandle device) => _device = device;

    /// <summary>Where it is mounted.</summary>
    public string Path => _folder.At("dead");

    /// <summary>Mounts one.</summary>
    /// <returns>Null where there is no /dev/fuse, or this user may not mount.</returns>
    public static DeadMount? TryMake()
    {
        SafeFileHandle device;
        try
        {
            device = File.OpenHandle("/dev/fuse", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        var made = new DeadMount(device);
        var options = $"fd={device.DangerousGetHandle()},rootmode=40000,user_id=0,group_id=0,allow_other";
        if (Mount("none", made.Path, "fuse", 0, options) == 0)
        {
            made.AnswerInit();
            return made;
        }

        device.Dispose();
        made._folder.Dispose();
        return null;
    }

    /// <summary>Takes it away; what hangs there fails.</summary>
    public void Dispose()
    {
        _ = Unmount(Path, Detach);
        _device.Dispose(); // the last descriptor: the kernel ends all requests
        _folder.Dispose();
    }

    // struct fuse_in_header and fuse_out_header, fuse_init_out: see linux/fuse.h.
    private void AnswerInit()
    {
        var request = new byte[64 * 1024];
        var count = Read(_device, request, request.Length);
        Assert.True(count > 40 && BinaryPrimitives.ReadUInt32LittleEndian(request.AsSpan(4)) == Init, "the kernel did not begin as FUSE does");
        var answer = new byte[HeadBytes + InitBytes];
        BinaryPrimitives.WriteInt32LittleEndian(answer, answer.Length);
        request.AsSpan(8, 8).CopyTo(answer.AsSpan(8)); // the request's number
        var body = answer.AsSpan(HeadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(body, 7);
        BinaryPrimitives.WriteUInt32LittleEndian(body[4..], 31);
        BinaryPrimitives.WriteUInt32LittleEndian(body[8..], 4096);
        BinaryPrimitives.WriteUInt16LittleEndian(body[16..], 12);
        BinaryPrimitives.WriteUInt16LittleEndian(body[18..], 9);
        BinaryPrimitives.WriteUInt32LittleEndian(body[20..], 4096);
        BinaryPrimitives.WriteUInt32LittleEndian(body[24..], 1);
        Assert.Equal(answer.Length, Write(_device, answer, answer.Length));
    }

    [LibraryImport("libc", EntryPoint = "mount", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, ulong flags, string data);

    [LibraryImport("libc", EntryPoint = "umount2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(SafeFileHandle descriptor, [Out] byte[] buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(SafeFileHandle descriptor, byte[] buffer, nint count);
}
