namespace ExecActors.Protocol;

/// <summary>
/// Members of <c>process/start</c> of which only the presence matters so far. Their shape is checked, so that a client with a mistake
/// in one hears of the mistake and not of a missing feature.
/// </summary>
internal static class StartExtensions
{
    /// <summary>Returns whether there is an object rather than null.</summary>
    public static bool CheckManagedNetwork(ref FieldReader fields)
    {
        if (!fields.EnterOrNull("struct ManagedNetworkSandboxContext"))
        {
            return false;
        }

        while (fields.NextMember(out var name))
        {
            switch (name)
            {
                case "loopbackPorts":
                    fields.CheckIntegers(ushort.MaxValue, "u16");
                    break;
                case "allowLocalBinding" or "transparentTcp":
                    fields.Boolean();
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }

        return true;
    }

    /// <summary>Returns whether there is an object rather than null.</summary>
    public static bool CheckShellSnapshot(ref FieldReader fields)
    {
        if (!fields.EnterOrNull("struct ShellSnapshotRequest"))
        {
            return false;
        }

        string? scopeId = null;
        bool? shell = null;
        while (fields.NextMember(out var name))
        {
            switch (name)
            {
                case "scopeId":
                    scopeId = fields.String();
                    break;
                case "shell":
                    CheckShell(ref fields);
                    shell = true;
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }

        fields.Require(scopeId, "scopeId");
        fields.Require(shell, "shell");
        return true;
    }

    private static void CheckShell(ref FieldReader fields)
    {
        if (!fields.Enter("struct ShellInfo"))
        {
            return;
        }

        string? kind = null, path = null;
        while (fields.NextMember(out var name))
        {
            switch (name)
            {
                case "name":
                    kind = fields.String();
                    break;
                case "path":
                    path = fields.String();
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }

        fields.Require(kind, "name");
        fields.Require(path, "path");
    }
}
