namespace ExecActors.Protocol;

/// <summary>Reads the place that an entry of a restricted profile is about.</summary>
internal static class ProfilePathReader
{
    /// <summary>Reads the member <c>path</c> of an entry; null after an error only.</summary>
    /// <param name="fields">The reader, before the value.</param>
    /// <param name="foreign">Set when the path is one this platform cannot have, unless it was before; such a path is read as empty.</param>
    public static ProfilePath? Read(ref ByteFieldReader fields, ref RpcError? foreign)
    {
        var type = fields.EnterTagged("internally tagged enum ExecFileSystemPath", "type", "path", "glob_pattern", "special");
        ParsedPathUri? uri = null;
        string? pattern = null;
        ProfilePath? special = null;
        while (fields.NextMember())
        {
            if (type is "path" && fields.IsNamed("path"u8))
            {
                uri = UriReader.Read(ref fields);
            }
            else if (type is "glob_pattern" && fields.IsNamed("pattern"u8))
            {
                pattern = fields.String();
            }
            else if (type is "special" && fields.IsNamed("value"u8))
            {
                special = ReadSpecial(ref fields);
            }
            else
            {
                fields.Skip();
            }
        }

        switch (type)
        {
            case "path":
                fields.Require(uri is not null, "path");
                return fields.Error is null ? Literal(uri!.Value, ref foreign) : null;
            case "glob_pattern":
                fields.Require(pattern is not null, "pattern");
                return fields.Error is null ? new ProfilePath.Glob(pattern!) : null;
            default:
                fields.Require(special is not null, "value");
                return special;
        }
    }

    private static ProfilePath.Literal Literal(ParsedPathUri uri, ref RpcError? foreign)
    {
        if (!uri.TryToNative(PathRole.File, out var path, out var error))
        {
            foreign ??= error;
        }

        return new(path ?? []);
    }

    private static ProfilePath.Special? ReadSpecial(ref ByteFieldReader fields)
    {
        var kind = fields.EnterTagged(
            "internally tagged enum FileSystemSpecialPath",
            "kind",
            "root",
            "minimal",
            "current_working_directory",
            "project_roots",
            "tmpdir",
            "slash_tmp",
            "unknown");
        string? subpath = null, path = null;
        while (fields.NextMember())
        {
            if (kind is "project_roots" or "unknown" && fields.IsNamed("subpath"u8))
            {
                subpath = fields.StringOrNull();
            }
            else if (kind is "unknown" && fields.IsNamed("path"u8))
            {
                path = fields.String();
            }
            else
            {
                fields.Skip();
            }
        }

        fields.Require(kind is not "unknown" || path is not null, "path");
        return fields.Error is null ? new(KindOf(kind!), subpath, path) : null;
    }

    private static SpecialPath KindOf(string word) => word switch
    {
        "root" => SpecialPath.Root,
        "minimal" => SpecialPath.Minimal,
        "current_working_directory" => SpecialPath.CurrentWorkingDirectory,
        "project_roots" => SpecialPath.ProjectRoots,
        "tmpdir" => SpecialPath.Tmpdir,
        "slash_tmp" => SpecialPath.SlashTmp,
        _ => SpecialPath.Unknown,
    };
}
