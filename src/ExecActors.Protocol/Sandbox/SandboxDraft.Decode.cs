namespace ExecActors.Protocol;

internal sealed partial record SandboxDraft
{
    private static readonly string[] s_levels = ["disabled", "restricted-token", "elevated", "mxc"];

    /// <summary>Reads the object or null at the reader's place.</summary>
    public static SandboxDraft? Read(ref ByteFieldReader fields)
    {
        if (!fields.EnterOrNull("struct WireFileSystemSandboxContext"))
        {
            return null;
        }

        var seen = new Members();
        while (fields.NextMember())
        {
            if (!seen.TryReadPlaces(ref fields) && !seen.TryReadOptions(ref fields))
            {
                fields.Skip();
            }
        }

        fields.Require(seen.Permissions is not null, "permissions");
        fields.Require(seen.Level is not null, "windowsSandboxLevel");
        return fields.Error is null ? seen.ToDraft() : null;
    }

    /// <summary>Reads the member <c>sandbox</c> at the place of a reader of another kind.</summary>
    public static SandboxDraft? Read(ref FieldReader fields)
    {
        fields.Skip();
        if (fields.IsBehindNull)
        {
            return null;
        }

        var bytes = new ByteFieldReader(fields.Source);
        bytes.Enter("a map");
        SandboxDraft? draft = null;
        while (bytes.NextMember())
        {
            if (bytes.IsNamed("sandbox"u8))
            {
                draft = Read(ref bytes);
            }
            else
            {
                bytes.Skip();
            }
        }

        if (bytes.Error is { } error)
        {
            fields.Fail(error);
        }

        return draft;
    }

    /// <summary>The members met so far.</summary>
    private struct Members
    {
        public PermissionProfile? Permissions;
        public string? Level;
        private RpcError? _foreignEntry;
        private ParsedPathUri? _cwd;
        private List<ParsedPathUri>? _workspaceRoots;
        private (ParsedPathUri?, IReadOnlyList<ParsedPathUri>)? _policy;
        private string? _override;
        private ParsedPathUri? _userHomeDir;
        private List<ParsedPathUri>? _temporaryDirectories;
        private bool _useLegacyLandlock;

        public bool TryReadPlaces(ref ByteFieldReader fields)
        {
            if (fields.IsNamed("permissions"u8))
            {
                Permissions = ProfileReader.Read(ref fields, out _foreignEntry);
            }
            else if (fields.IsNamed("cwd"u8))
            {
                _cwd = UriReader.ReadOrNull(ref fields);
            }
            else if (fields.IsNamed("workspaceRoots"u8))
            {
                _workspaceRoots = UriReader.ReadList(ref fields);
            }
            else if (fields.IsNamed("policyContext"u8))
            {
                _policy = ReadPolicy(ref fields);
            }
            else
            {
                return false;
            }

            return true;
        }

        public bool TryReadOptions(ref ByteFieldReader fields)
        {
            if (fields.IsNamed("windowsSandboxLevel"u8))
            {
                Level = fields.Variant(s_levels);
            }
            else if (fields.IsNamed("sandboxOverride"u8))
            {
                _override = fields.Variant("noOverride", "escalatedSandboxWithRestrictions", "bypassSandboxFirstAttempt");
            }
            else if (fields.IsNamed("userHomeDir"u8))
            {
                _userHomeDir = UriReader.ReadOrNull(ref fields);
            }
            else if (fields.IsNamed("temporaryDirectories"u8))
            {
                _temporaryDirectories = UriReader.ReadListOrNull(ref fields);
            }
            else if (fields.IsNamed("windowsSandboxProxySettingsMode"u8))
            {
                fields.VariantOrNull("reconcile", "preserve");
            }
            else if (fields.IsNamed("useLegacyLandlock"u8))
            {
                _useLegacyLandlock = fields.Boolean();
            }
            else
            {
                return false;
            }

            return true;
        }

        public readonly SandboxDraft ToDraft() => new(Permissions!, _foreignEntry)
        {
            Cwd = _cwd,
            WorkspaceRoots = _workspaceRoots ?? [],
            Policy = _policy,
            Override = _override switch
            {
                "escalatedSandboxWithRestrictions" => SandboxOverride.EscalatedSandboxWithRestrictions,
                "bypassSandboxFirstAttempt" => SandboxOverride.BypassSandboxFirstAttempt,
                _ => SandboxOverride.NoOverride,
            },
            UserHomeDir = _userHomeDir,
            TemporaryDirectories = _temporaryDirectories,
            UseLegacyLandlock = _useLegacyLandlock,
            WantsMxc = Level is "mxc",
        };

        private static (ParsedPathUri?, IReadOnlyList<ParsedPathUri>)? ReadPolicy(ref ByteFieldReader fields)
        {
            if (!fields.EnterOrNull("struct WireFileSystemPolicyContext"))
            {
                return null;
            }

            ParsedPathUri? cwd = null;
            List<ParsedPathUri>? roots = null;
            while (fields.NextMember())
            {
                if (fields.IsNamed("cwd"u8))
                {
                    cwd = UriReader.ReadOrNull(ref fields);
                }
                else if (fields.IsNamed("workspaceRoots"u8))
                {
                    roots = UriReader.ReadList(ref fields);
                }
                else
                {
                    fields.Skip();
                }
            }

            return (cwd, roots ?? []);
        }
    }
}
