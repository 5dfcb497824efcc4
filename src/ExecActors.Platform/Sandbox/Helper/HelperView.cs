using System.Buffers.Binary;

namespace ExecActors.Platform;

/// <summary>What a helper knows of the plan that it runs in: what it may let requests do, path by path.</summary>
public sealed class HelperView
{
    private const int HeaderBytes = sizeof(byte) + sizeof(ushort);
    private const byte AbsentMark = 0xFF;

    private readonly AccessMap _access = new();
    private readonly List<UnixPath> _absent = [];

    private HelperView()
    {
    }

    /// <summary>Paths that did not exist when the plan was made and must not be made.</summary>
    public IReadOnlyList<UnixPath> Absent => _absent;

    /// <summary>The places to which the plan gives access; what lies below one may be limited further by mounts.</summary>
    public IEnumerable<LandlockGrant> Grants =>
        from entry in _access.Entries
        where entry.Value is SandboxAccess.Read or SandboxAccess.Write
        select new LandlockGrant(entry.Key.ToBytes(), entry.Value == SandboxAccess.Write);

    /// <summary>As <see cref="MountPlan.AccessTo"/>, but that <see cref="Absent"/> paths are not looked at.</summary>
    public SandboxAccess AccessTo(UnixPath canonical) => _access.At(canonical);

    /// <summary>Whether a path is one of those that must not be made, or lies below one.</summary>
    public bool IsAbsent(UnixPath canonical) => _absent.Any(canonical.IsAtOrBelow);

    /// <summary>Puts down what a helper for this plan has to know.</summary>
    public static byte[] Describe(MountPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var bytes = new List<byte>();
        foreach (var (path, access) in plan.Grants)
        {
            Append(bytes, (byte)access, path);
        }

        foreach (var path in plan.Absent)
        {
            Append(bytes, AbsentMark, path);
        }

        return [.. bytes];
    }

    /// <summary>Reads what <see cref="Describe"/> put down.</summary>
    /// <exception cref="FormatException">The bytes are something else.</exception>
    public static HelperView Read(ReadOnlySpan<byte> bytes)
    {
        var view = new HelperView();
        while (!bytes.IsEmpty)
        {
            var length = bytes.Length < HeaderBytes ? -1 : BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]);
            if (length < 1 || bytes.Length < HeaderBytes + length || bytes[HeaderBytes] != (byte)'/')
            {
                throw new FormatException("this is no description of a plan");
            }

            var path = UnixPath.FromBytes(bytes.Slice(HeaderBytes, length));
            if (bytes[0] == AbsentMark)
            {
                view._absent.Add(path);
            }
            else
            {
                view._access.Add(path, (SandboxAccess)bytes[0]);
            }

            bytes = bytes[(HeaderBytes + length)..];
        }

        return view;
    }

    private static void Append(List<byte> bytes, byte mark, UnixPath path)
    {
        var name = path.ToBytes();
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(length, checked((ushort)name.Length));
        bytes.Add(mark);
        bytes.AddRange(length);
        bytes.AddRange(name);
    }
}
