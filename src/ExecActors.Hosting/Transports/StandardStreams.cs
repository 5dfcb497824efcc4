using ExecActors.Platform;

namespace ExecActors.Hosting.Transports;

/// <summary>The program's standard descriptors as streams that only block, whatever their flags: somebody else may share them and want them non-blocking.</summary>
/// <remarks>Not <see cref="Console"/>'s: its output stream swallows EPIPE, so that a reader that went away would never be noticed.</remarks>
internal static class StandardStreams
{
    /// <summary>Descriptor 0; disposing leaves it open.</summary>
    /// <exception cref="IOException">It is not open.</exception>
    public static Stream OpenInput() => Require(DescriptorStream.OpenInput(), "standard input");

    /// <summary>Descriptor 1; disposing leaves it open.</summary>
    /// <exception cref="IOException">It is not open.</exception>
    public static Stream OpenOutput() => Require(DescriptorStream.OpenOutput(), "standard output");

    private static DescriptorStream Require(Stream stream, string name) =>
        stream as DescriptorStream ?? throw new IOException($"{name} is not open; give the server a pipe, a socket or a file there");
}
