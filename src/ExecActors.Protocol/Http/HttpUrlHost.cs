using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ExecActors.Protocol;

/// <summary>Host and port of an <c>http</c> URL.</summary>
internal static class HttpUrlHost
{
    private const string BadName = "invalid international domain name";
    private const string BadIpv4 = "invalid IPv4 address";

    private static readonly IdnMapping s_idn = new() { AllowUnassigned = true };

    private static readonly SearchValues<char> s_forbidden = SearchValues.Create(
        [.. Enumerable.Range(0, 0x21).Select(c => (char)c), .. "#%/:<>?@[\\]^`{|}\x7F"]);

    /// <summary>Reads a host and, behind a colon, a port.</summary>
    /// <param name="authority">What stands between the slashes and the path, without user and password.</param>
    /// <param name="defaultPort">The port when none is given.</param>
    /// <param name="host">In normal form; an IPv6 address in brackets.</param>
    /// <param name="port">0 to 65535.</param>
    /// <param name="problem">What is wrong, in the reference server's words.</param>
    public static bool TryRead(ReadOnlySpan<char> authority, int defaultPort, out string host, out int port, out string problem)
    {
        host = "";
        port = defaultPort;
        problem = "";
        var bracket = authority.LastIndexOf(']');
        var colon = authority[(bracket + 1)..].IndexOf(':');
        var name = colon < 0 ? authority : authority[..(bracket + 1 + colon)];
        var digits = colon < 0 ? default : authority[(bracket + 2 + colon)..];
        if (name.IsEmpty)
        {
            problem = "empty host";
        }
        else if (name[0] == '[')
        {
            problem = Ipv6(name, ref host);
        }
        else
        {
            problem = Name(name, ref host);
        }

        if (problem.Length == 0 && !digits.IsEmpty
            && (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > ushort.MaxValue))
        {
            problem = "invalid port number";
        }

        return problem.Length == 0;
    }

    private static string Ipv6(ReadOnlySpan<char> name, ref string host)
    {
        if (name[^1] != ']' || name.Contains('%') || !IPAddress.TryParse(name[1..^1], out var address)
            || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return "invalid IPv6 address";
        }

        host = $"[{Compressed(address.GetAddressBytes())}]";
        return "";
    }

    /// <summary>Eight numbers, the longest run of zeros left out; never with an IPv4 address in it, which the framework would write.</summary>
    private static string Compressed(ReadOnlySpan<byte> address)
    {
        Span<ushort> pieces = stackalloc ushort[8];
        for (var i = 0; i < pieces.Length; i++)
        {
            pieces[i] = BinaryPrimitives.ReadUInt16BigEndian(address[(2 * i)..]);
        }

        var (start, length) = (0, 1); // a single zero is written
        for (var i = 0; i < pieces.Length; i++)
        {
            var run = pieces[i..].IndexOfAnyExcept((ushort)0);
            run = run < 0 ? pieces.Length - i : run;
            (start, length) = run > length ? (i, run) : (start, length);
        }

        return length == 1 ? Joined(pieces) : $"{Joined(pieces[..start])}::{Joined(pieces[(start + length)..])}";
    }

    private static string Joined(ReadOnlySpan<ushort> pieces)
    {
        var text = new StringBuilder();
        foreach (var piece in pieces)
        {
            text.Append(text.Length == 0 ? "" : ":").Append(piece.ToString("x", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    private static string Name(ReadOnlySpan<char> text, ref string host)
    {
        if (IsPlainName(text) || IsDottedQuad(text))
        {
            host = text.ToString();
            return "";
        }

        var name = Encoding.UTF8.GetString(HttpUrlText.Decode(text)).ToLowerInvariant();
        if (name.AsSpan().ContainsAny(s_forbidden) || !TryToAscii(ref name))
        {
            return BadName;
        }

        if (name.Length == 0)
        {
            return "empty host";
        }

        host = name;
        return EndsInNumber(name) ? Ipv4(name, ref host) : "";
    }

    /// <summary>The usual name is its own normal form: letters in lower case, digits, hyphens and dots, no punycode, and a last label that can be no number.</summary>
    private static bool IsPlainName(ReadOnlySpan<char> text)
    {
        var last = text[(text.LastIndexOf('.') + 1)..];
        if (last.IsEmpty || !char.IsAsciiLetterLower(last[0]))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '.'))
            {
                return false;
            }
        }

        return !text.Contains("xn--", StringComparison.Ordinal);
    }

    /// <summary>As is the usual IPv4 address: four numbers from 0 to 255, without leading zeros.</summary>
    private static bool IsDottedQuad(ReadOnlySpan<char> text)
    {
        for (var left = 4; left > 0; left--)
        {
            var length = left == 1 ? text.Length : text.IndexOf('.');
            if (length is not (1 or 2 or 3) || (text[0] == '0' && length > 1))
            {
                return false;
            }

            var number = 0;
            foreach (var c in text[..length])
            {
                if (!char.IsAsciiDigit(c))
                {
                    return false;
                }

                number = (number * 10) + (c - '0');
            }

            if (number > byte.MaxValue)
            {
                return false;
            }

            text = left == 1 ? default : text[(length + 1)..];
        }

        return true;
    }

    private static bool TryToAscii(ref string name)
    {
        try
        {
            name = Ascii.IsValid(name) ? name : s_idn.GetAscii(name).ToLowerInvariant();
            if (name.Contains("xn--", StringComparison.Ordinal))
            {
                _ = s_idn.GetUnicode(name); // throws when it stands for nothing
            }

            return !name.AsSpan().ContainsAny(s_forbidden);
        }
        catch (ArgumentException)
        {
            return false; // how the framework says that a name is none
        }
    }

    private static bool EndsInNumber(string name)
    {
        var labels = name.TrimEnd('.');
        var last = labels.AsSpan(labels.LastIndexOf('.') + 1);
        return !last.IsEmpty && (!last.ContainsAnyExceptInRange('0', '9') || Number(last) is not null);
    }

    /// <summary>The old forms too: fewer than four parts, octal and hexadecimal ones.</summary>
    private static string Ipv4(string name, ref string host)
    {
        var parts = (name[^1] == '.' ? name[..^1] : name).Split('.');
        if (parts.Length > 4)
        {
            return BadIpv4;
        }

        var address = 0UL;
        for (var i = 0; i < parts.Length; i++)
        {
            var isLast = i == parts.Length - 1;
            var bits = isLast ? 8 * (5 - parts.Length) : 8;
            if (Number(parts[i]) is not { } number || number >> bits != 0)
            {
                return BadIpv4;
            }

            address = (address << bits) | number;
        }

        host = new IPAddress([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address]).ToString();
        return "";
    }

    private static ulong? Number(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            text = text[2..];
            return text.IsEmpty ? 0 : ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null;
        }

        if (text.IsEmpty || text.ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }

        if (text[0] != '0' || text.Length == 1)
        {
            return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        }

        var octal = 0UL;
        foreach (var digit in text)
        {
            if (digit > '7' || octal > uint.MaxValue)
            {
                return null;
            }

            octal = (octal * 8) + (ulong)(digit - '0');
        }

        return octal;
    }
}
