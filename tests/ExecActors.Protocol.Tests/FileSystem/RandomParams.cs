using System.Text;

namespace ExecActors.Protocol.Tests.FileSystem;

/// <summary>Params of file methods, drawn from a seed.</summary>
internal sealed class RandomParams(int seed)
{
    private static readonly string[] s_texts = ["", "a", "**/*.env", "/x/*", "é😀", "\"q\"\\", "\0\n", "zz"];

    private readonly Random _random = new(seed);

    public object Next() => _random.Next(18) switch
    {
        0 => new FsReadFileParams(Path(), Flag(), SandboxOrNull()),
        1 => new FsWriteFileParams(Path(), Base64(), Flag(), SandboxOrNull()),
        2 => new FsCreateDirectoryParams(Path(), Flag(), Flag(), SandboxOrNull()),
        3 => new FsGetMetadataParams(Path(), Flag(), SandboxOrNull()),
        4 => new FsCanonicalizeParams(Path(), SandboxOrNull()),
        5 => new FsReadDirectoryParams(Path(), SandboxOrNull()),
        6 => new FsWalkParams(Path(), new FsWalkOptions(Number(), Number(), Number(), Flag(), Flag()), SandboxOrNull()),
        7 => new FsRemoveParams(Path(), Flag(), Flag(), Flag(), SandboxOrNull()),
        8 => new FsCopyParams(Path(), Path(), Flag(), SandboxOrNull()),
        9 => new FsOpenParams(HandleId(), Path(), Flag() ? FsOpenMode.Read : FsOpenMode.Replace, Flag(), SandboxOrNull()),
        10 => new FsReadBlockParams(HandleId(), Number(), Number()),
        11 => new FsWriteBlockParams(HandleId(), Number(), Base64()),
        12 => new FsCloseParams(HandleId()),
        13 => new FsWatchMissingParams(Number(), Paths(), Flag() ? Path() : null),
        14 => new FsRenameParams(Path(), Path(), Flag(), SandboxOrNull()),
        15 => new FsChmodParams(Path(), _random.Next(0x1000), Flag(), SandboxOrNull()),
        16 => new FsWatchParams(Number(), Path(), Flag(), SandboxOrNull()),
        _ => new FsUnwatchParams(Number()),
    };

    /// <summary>A sandbox that lacks no working directory.</summary>
    public SandboxContext Sandbox()
    {
        var sandbox = new SandboxContext(
            Profile(),
            Flag() ? Path() : null,
            Paths(),
            Flag() ? new PolicyContext(Flag() ? Path() : null, Paths()) : null,
            (SandboxOverride)_random.Next(3),
            Flag() ? Path() : null,
            Flag() ? Paths() : null,
            Flag());
        return sandbox.LacksCwd ? sandbox with { Cwd = Path() } : sandbox;
    }

    private SandboxContext? SandboxOrNull() => Flag() ? Sandbox() : null;

    private PermissionProfile Profile() => _random.Next(6) switch
    {
        0 => new PermissionProfile.Disabled(),
        1 => new PermissionProfile.External(Network()),
        2 => new PermissionProfile.Managed(new FileSystemProfile.Unrestricted(), Network()),
        _ => new PermissionProfile.Managed(
            new FileSystemProfile.Restricted(List(Entry), Flag() ? _random.Next(1, int.MaxValue) : null), Network()),
    };

    private ProfileEntry Entry() => new(Place(), (ProfileAccess)_random.Next(3), Flag());

    private ProfilePath Place() => _random.Next(5) switch
    {
        0 => new ProfilePath.Literal(Path()),
        1 => new ProfilePath.Glob(Text()),
        2 => new ProfilePath.Special(SpecialPath.ProjectRoots, Flag() ? Text() : null),
        3 => new ProfilePath.Special(SpecialPath.Unknown, Flag() ? Text() : null, Text()),
        _ => new ProfilePath.Special((SpecialPath)_random.Next((int)SpecialPath.Unknown)),
    };

    private NetworkAccess Network() => (NetworkAccess)_random.Next(2);

    private byte[] Path()
    {
        var bytes = new byte[_random.Next(12)];
        _random.NextBytes(bytes);
        var segments = Encoding.Latin1.GetString(bytes).Replace('\0', ':').Split('/').Where(segment => segment is not ("" or "." or ".."));
        return Encoding.Latin1.GetBytes("/" + string.Join('/', segments));
    }

    private List<byte[]> Paths() => List(Path);

    private List<T> List<T>(Func<T> element) => [.. Enumerable.Range(0, _random.Next(4)).Select(_ => element())];

    private byte[] Base64()
    {
        var bytes = new byte[_random.Next(20)];
        _random.NextBytes(bytes);
        return Wire.Utf8(Convert.ToBase64String(bytes));
    }

    private string HandleId() => Flag() ? new string('h', _random.Next(33)) : Text();

    private string Text() => s_texts[_random.Next(s_texts.Length)];

    private ulong Number() => (ulong)_random.NextInt64(long.MinValue, long.MaxValue);

    private bool Flag() => _random.Next(2) == 0;
}
