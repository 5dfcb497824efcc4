using System.Buffers.Binary;

using ExecActors.Platform;

namespace ExecActors.Runtime.Sessions;

/// <summary>A session's id: a UUID in version-4 layout, lower case; compared as text (protocol section 6.1).</summary>
/// <param name="Value">As it stands on the wire.</param>
internal readonly record struct SessionId(string Value)
{
    /// <summary>For logs: the first group only, since the whole is a secret.</summary>
    public override string ToString() => Value.Length > 8 ? Value[..8] : Value;
}

/// <summary>Makes session ids: 90 random bits, the 6 fixed bits of a version-4 UUID, and 32 bits that name the host.</summary>
/// <remarks>The id is a bearer secret: whoever knows it may resume the session.</remarks>
/// <param name="hostTag">Names this host and its incarnation; random on a single node.</param>
internal sealed class SessionIdFactory(uint hostTag)
{
    /// <summary>A factory for a node on its own.</summary>
    public static SessionIdFactory ForSingleNode()
    {
        Span<byte> tag = stackalloc byte[sizeof(uint)];
        SecureRandom.Fill(tag);
        return new SessionIdFactory(BitConverter.ToUInt32(tag));
    }

    /// <summary>The next id.</summary>
    public SessionId Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        SecureRandom.Fill(bytes[..12]);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], hostTag);
        return new SessionId(new Guid(bytes, bigEndian: true).ToString("D"));
    }
}
