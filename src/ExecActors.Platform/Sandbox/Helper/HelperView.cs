using System.Buffers.Binary;

namespace ExecActors.Platform;

/// <summary>What a helper is told when it begins: what it may let requests do, path by path, and what it consists of itself.</summary>
/// <remarks>
/// No collections of this project's own value types here, nor in what else a helper runs before its first answer: the runtime's code for those is not
/// compiled ahead, and to compile it took as long as all the rest of a start.
/// </remarks>
public sealed class HelperView
{
    private const int HeaderBytes = sizeof(byte) + sizeof(ushort);
    private const byte AbsentMark = 0xFF;
    private const byte OwnMark = 0xFE;

    private readonly List<Entry> _granted = [];
    private readonly List<Entry> _absent = [];
    private readonly List<Entry> _own = [];

    private HelperView()
    {
    }

    /// <summary>What is left of the file system for a thread that may do only what the plan allows, and read the helper's own files.</summary>
    public IReadOnlyList<LandlockGrant> Grants()
    {
        var grants = new List<LandlockGrant>();
        foreach (var entry in _granted)
        {
            if (entry.Access is SandboxAccess.Read or SandboxAccess.Write)
            {
                grants.Add(new LandlockGrant(entry.Path.ToBytes(), entry.Access == SandboxAccess.Write));
            }
        }

        foreach (var entry in _own)
        {
            grants.Add(new LandlockGrant(entry.Path.ToBytes(), Write: false));
        }

        return grants;
    }

    /// <summary>As <see cref="MountPlan.AccessTo"/>, but that absent paths are not looked at.</summary>
    public SandboxAccess AccessTo(UnixPath canonical)
    {
        Entry? nearest = null;
        foreach (var entry in _granted)
        {
            if (canonical.IsAtOrBelow(entry.Path) && entry.Path.Raw.Length > (nearest?.Path.Raw.Length ?? 0))
            {
                nearest = entry;
            }
        }

        return nearest?.Access ?? SandboxAccess.None;
    }

    /// <summary>Whether a path did not exist when the plan was made and must not be made, or lies below such a one.</summary>
    public bool IsAbsent(UnixPath canonical)
    {
        foreach (var entry in _absent)
        {
            if (canonical.IsAtOrBelow(entry.Path))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether such a path lies below this one.</summary>
    public bool IsAboveAbsent(UnixPath canonical)
    {
        foreach (var entry in _absent)
        {
            if (entry.Path.IsBelow(canonical))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Puts down what a helper has to know.</summary>
    /// <param name="plan">The plan that it runs in.</param>
    /// <param name="own">What it reads for itself, where that is inside.</param>
    internal static byte[] Describe(MountPlan plan, IEnumerable<UnixPath> own)
    {
        var bytes = new List<byte>();
        foreach (var (path, access) in plan.Grants)
        {
            Append(bytes, (byte)access, path);
        }

        foreach (var path in plan.Absent)
        {
            Append(bytes, AbsentMark, path);
        }

        foreach (var path in own)
        {
            Append(bytes, OwnMark, path);
        }

        return [.. bytes];
    }

    /// <summary>Reads what a server put down.</summary>
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
            var list = bytes[0] switch { AbsentMark => view._absent, OwnMark => view._own, _ => view._granted };
            list.Add(new Entry(path, (SandboxAccess)bytes[0]));
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

    private sealed class Entry(UnixPath path, SandboxAccess access)
    {
        public UnixPath Path => path;

        public SandboxAccess Access => access;
    }
}
