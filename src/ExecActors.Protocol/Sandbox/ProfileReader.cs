namespace ExecActors.Protocol;

/// <summary>Reads the profile in a <c>sandbox</c> object.</summary>
internal static class ProfileReader
{
    /// <summary>Reads the member <c>permissions</c>; null after an error only.</summary>
    /// <param name="fields">The reader, before the value.</param>
    /// <param name="foreign">Why the first entry whose path this platform cannot have is refused; its path in the result is empty.</param>
    public static PermissionProfile? Read(ref ByteFieldReader fields, out RpcError? foreign)
    {
        var type = fields.EnterTagged("internally tagged enum ExecPermissionProfile", "type", "managed", "disabled", "external");
        FileSystemProfile? fileSystem = null;
        NetworkAccess? network = null;
        foreign = null;
        while (fields.NextMember())
        {
            if (type is "managed" && fields.IsNamed("file_system"u8))
            {
                fileSystem = ReadFileSystem(ref fields, ref foreign);
            }
            else if (type is not "disabled" && fields.IsNamed("network"u8))
            {
                network = fields.Variant("restricted", "enabled") is "enabled" ? NetworkAccess.Enabled : NetworkAccess.Restricted;
            }
            else
            {
                fields.Skip();
            }
        }

        fields.LeaveTagged();
        fields.Require(type is not "managed" || fileSystem is not null, "file_system");
        fields.Require(type is "disabled" || network is not null, "network");
        return (fields.Error, type) switch
        {
            (not null, _) => null,
            (_, "disabled") => new PermissionProfile.Disabled(),
            (_, "external") => new PermissionProfile.External(network!.Value),
            _ => new PermissionProfile.Managed(fileSystem!, network!.Value),
        };
    }

    private static FileSystemProfile? ReadFileSystem(ref ByteFieldReader fields, ref RpcError? foreign)
    {
        var type = fields.EnterTagged("internally tagged enum ExecManagedFileSystemPermissions", "type", "restricted", "unrestricted");
        List<ProfileEntry>? entries = null;
        int? depth = null;
        while (fields.NextMember())
        {
            if (type is "restricted" && fields.IsNamed("entries"u8))
            {
                entries = ReadEntries(ref fields, ref foreign);
            }
            else if (type is "restricted" && fields.IsNamed("glob_scan_max_depth"u8))
            {
                depth = fields.NonzeroOrNull();
            }
            else
            {
                fields.Skip();
            }
        }

        fields.Require(type is not "restricted" || entries is not null, "entries");
        return (fields.Error, entries) switch
        {
            (not null, _) => null,
            (_, null) => new FileSystemProfile.Unrestricted(),
            _ => new FileSystemProfile.Restricted(entries, depth),
        };
    }

    private static List<ProfileEntry> ReadEntries(ref ByteFieldReader fields, ref RpcError? foreign)
    {
        var entries = new List<ProfileEntry>();
        if (!fields.EnterArray())
        {
            return entries;
        }

        while (fields.NextElement())
        {
            if (ReadEntry(ref fields, ref foreign) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static ProfileEntry? ReadEntry(ref ByteFieldReader fields, ref RpcError? foreign)
    {
        if (!fields.Enter("struct ExecFileSystemSandboxEntry"))
        {
            return null;
        }

        ProfilePath? path = null;
        string? access = null, missing = null;
        while (fields.NextMember())
        {
            if (fields.IsNamed("path"u8))
            {
                path = ProfilePathReader.Read(ref fields, ref foreign);
            }
            else if (fields.IsNamed("access"u8))
            {
                access = fields.Variant("read", "write", "deny", "none");
            }
            else if (fields.IsNamed("missing_path_behavior"u8))
            {
                missing = fields.VariantOrNull("skip");
            }
            else
            {
                fields.Skip();
            }
        }

        fields.Require(path is not null, "path");
        fields.Require(access is not null, "access");
        return fields.Error is null ? new(path!, AccessOf(access!), SkipIfMissing: missing is not null) : null;
    }

    private static ProfileAccess AccessOf(string word) => word switch
    {
        "read" => ProfileAccess.Read,
        "write" => ProfileAccess.Write,
        _ => ProfileAccess.Deny,
    };
}
