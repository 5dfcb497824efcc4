using Microsoft.Win32.SafeHandles;

namespace ExecActors.Hosting.Transports;

/// <summary>The program's standard descriptors as plain streams.</summary>
/// <remarks>Not <see cref="Console"/>'s: its output stream swallows EPIPE, so that a reader that went away would never be noticed.</remarks>
internal static class StandardStreams
{
    /// <summary>Descriptor 0; disposing leaves it open.</summary>
    public static Stream OpenInput() => Open(0, FileAccess.Read);

    /// <summary>Descriptor 1; disposing leaves it open.</summary>
    public static Stream OpenOutput() => Open(1, FileAccess.Write);

#pragma warning disable CA2000 // the handle does not own its descriptor
    private static FileStream Open(int descriptor, FileAccess access) =>
        new(new SafeFileHandle(descriptor, ownsHandle: false), access, bufferSize: 0, isAsync: false);
#pragma warning restore CA2000
}
