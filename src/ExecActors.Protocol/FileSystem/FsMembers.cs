using System.Diagnostics.CodeAnalysis;

namespace ExecActors.Protocol;

/// <summary>The members that file methods have in common, while params are read.</summary>
internal struct FsMembers
{
    private ParsedPathUri? _path;
    private ParsedPathUri? _destination;
    private SandboxDraft? _draft;
    private bool? _followSymlinks;

    /// <summary>The path, or a copy's source; set by <see cref="TryFinish"/>.</summary>
    public byte[]? Path { get; private set; }

    /// <summary>Where to copy or move; set by <see cref="TryFinish"/>.</summary>
    public byte[]? Destination { get; private set; }

    /// <summary>The sandbox, or null; set by <see cref="TryFinish"/>.</summary>
    public SandboxContext? Sandbox { get; private set; }

    /// <summary>What was said, else true.</summary>
    public readonly bool FollowSymlinks => _followSymlinks ?? true;

    /// <summary>Takes the present member if it is <c>path</c>.</summary>
    public bool TryReadPath(ref ByteFieldReader fields)
    {
        if (!fields.IsNamed("path"u8))
        {
            return false;
        }

        _path = UriReader.Read(ref fields);
        return true;
    }

    /// <summary>Takes the present member if it is <c>sourcePath</c> or <c>destinationPath</c>.</summary>
    public bool TryReadSourceOrDestination(ref ByteFieldReader fields)
    {
        if (fields.IsNamed("sourcePath"u8))
        {
            _path = UriReader.Read(ref fields);
            return true;
        }

        if (!fields.IsNamed("destinationPath"u8))
        {
            return false;
        }

        _destination = UriReader.Read(ref fields);
        return true;
    }

    /// <summary>Takes the present member if it is <c>sandbox</c>.</summary>
    public bool TryReadSandbox(ref ByteFieldReader fields)
    {
        if (!fields.IsNamed("sandbox"u8))
        {
            return false;
        }

        _draft = SandboxDraft.Read(ref fields);
        return true;
    }

    /// <summary>Takes the present member if it is <c>followSymlinks</c>.</summary>
    public bool TryReadFollowSymlinks(ref ByteFieldReader fields)
    {
        if (!fields.IsNamed("followSymlinks"u8))
        {
            return false;
        }

        _followSymlinks = fields.BooleanOrNull();
        return true;
    }

    /// <summary>Notes a missing path.</summary>
    public readonly void RequirePath(ref ByteFieldReader fields) => fields.Require(_path is not null, "path");

    /// <summary>Notes a missing source or destination.</summary>
    public readonly void RequireSourceAndDestination(ref ByteFieldReader fields)
    {
        fields.Require(_path is not null, "sourcePath");
        fields.Require(_destination is not null, "destinationPath");
    }

    /// <summary>What is asked first once all members are there; the length of a handle id comes between this and <see cref="TryFinish"/>.</summary>
    public readonly void CheckCwd(ref ByteFieldReader fields) => _draft?.CheckCwd(ref fields);

    /// <summary>Asks whether this platform can have the paths; the last thing before the record is made.</summary>
    /// <returns>Whether nothing was wrong in all of the params.</returns>
    [MemberNotNullWhen(true, nameof(Path))]
    public bool TryFinish(ref ByteFieldReader fields)
    {
        CheckCwd(ref fields);
        _draft?.CheckEntries(ref fields);
        Path = Native(ref fields, _path);
        Destination = Native(ref fields, _destination);
        _draft?.CheckPlaces(ref fields);
        Sandbox = fields.Error is null ? _draft?.ToContext() : null;
        return fields.Error is null && Path is not null;
    }

    private static byte[]? Native(ref ByteFieldReader fields, ParsedPathUri? uri)
    {
        if (uri is not { } parsed)
        {
            return null;
        }

        if (!parsed.TryToNative(PathRole.File, out var path, out var error))
        {
            fields.Fail(error);
        }

        return path;
    }
}
