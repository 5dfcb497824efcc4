using System.Buffers.Binary;
using System.IO.Compression;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>Compressed bodies, and bodies that come as tests want them to.</summary>
internal static class Compressed
{
    /// <summary>One member.</summary>
    public static byte[] Gzip(byte[] content)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return output.ToArray();
    }

    /// <summary>One frame.</summary>
    public static byte[] Zstd(byte[] content)
    {
        using var zstd = new ZstdSharp.Compressor();
        return zstd.Wrap(content).ToArray();
    }

    /// <summary>One frame that decoders skip.</summary>
    public static byte[] Skippable(int length)
    {
        var frame = new byte[8 + length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, 0x184D2A53);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), length);
        return frame;
    }

    /// <summary>One member or frame.</summary>
    public static byte[] Of(string coding, byte[] content) => coding is "gzip" ? Gzip(content) : Zstd(content);
}
