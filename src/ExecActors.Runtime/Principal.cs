using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

using ExecActors.Platform;

namespace ExecActors.Runtime;

/// <summary>Who is behind a connection: whose the sessions are that it opens, and whose share of the server's places it takes.</summary>
/// <remarks>Compared as text. Holds no token and nothing that one could be made from: what a token says goes in as a digest.</remarks>
public sealed record Principal
{
    private const int NetworkBytes = 8; // of an IPv6 address: one network, /64, is one peer, who may take any address of it

    private Principal(string owner, string share)
    {
        Owner = owner;
        Share = share;
    }

    /// <summary>Whoever started the program: the one peer of standard input and output.</summary>
    public static Principal Stdio { get; } = new("stdio", "stdio");

    /// <summary>Whose the sessions are. Nobody with another owner finds them.</summary>
    public string Owner { get; }

    /// <summary>Under which name places are counted that nobody may take all of.</summary>
    public string Share { get; }

    /// <summary>Somebody who did not have to say who they are. All of these own their sessions together: who has a session's id may come back from anywhere.</summary>
    /// <param name="address">Whose share counts; null when it is unknown.</param>
    public static Principal Anyone(IPAddress? address) => new("anyone", PeerOf(address));

    /// <summary>Somebody with the one token that all clients share.</summary>
    /// <param name="digest">Of the token.</param>
    /// <param name="address">Whose share counts, since the token does not tell its bearers apart; null when it is unknown.</param>
    public static Principal Token(ReadOnlySpan<byte> digest, IPAddress? address)
    {
        var owner = "token " + Convert.ToHexStringLower(Sha256.Hash(digest));
        return new Principal(owner, $"{owner} {PeerOf(address)}");
    }

    /// <summary>Somebody of whom a signed token speaks.</summary>
    /// <param name="issuer">Who says so; null when the token does not tell.</param>
    /// <param name="subject">Who it is; null when the token does not tell: all tokens of an issuer without a subject are one principal.</param>
    public static Principal Subject(string? issuer, string? subject)
    {
        var digested = new ArrayBufferWriter<byte>();
        Append(digested, issuer);
        Append(digested, subject);
        var owner = "subject " + Convert.ToHexStringLower(Sha256.Hash(digested.WrittenSpan));
        return new Principal(owner, owner);
    }

    /// <summary>Somebody whom the embedding host has named.</summary>
    /// <param name="name">The host's own name for them; the same for everyone who may have the same sessions.</param>
    public static Principal Named(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new Principal("host " + name, "host " + name);
    }

    /// <summary>For logs.</summary>
    public override string ToString() => Share;

    /// <summary>One peer among strangers: an IPv4 address, or an IPv6 network of 64 bits.</summary>
    public static string PeerOf(IPAddress? address)
    {
        switch (address)
        {
            case null:
                return "unknown address";
            case { IsIPv4MappedToIPv6: true }:
                return address.MapToIPv4().ToString();
            case { AddressFamily: AddressFamily.InterNetworkV6 } when !IPAddress.IsLoopback(address):
                Span<byte> bytes = stackalloc byte[16];
                address.TryWriteBytes(bytes, out _);
                bytes[NetworkBytes..].Clear();
                return $"{new IPAddress(bytes)}/64";
            default:
                return address.ToString();
        }
    }

    // With its length, so that no two pairs are the same bytes; an absent text is not an empty one.
    private static void Append(IBufferWriter<byte> digested, string? text)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        var bytes = Encoding.UTF8.GetBytes(text ?? "");
        BinaryPrimitives.WriteInt32LittleEndian(length, text is null ? -1 : bytes.Length);
        digested.Write(length);
        digested.Write(bytes);
    }
}
