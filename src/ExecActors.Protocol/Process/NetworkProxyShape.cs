namespace ExecActors.Protocol;

/// <summary>The member <c>networkProxy</c> of <c>process/start</c>, of which only the presence matters so far. Its shape is checked.</summary>
internal static class NetworkProxyShape
{
    private static readonly string[] s_flags =
        ["enabled", "enableSocks5", "enableSocks5Udp", "allowUpstreamProxy", "dangerouslyAllowAllUnixSockets", "allowLocalBinding", "transparentTcp"];

    private static readonly string[] s_required =
        ["enabled", "enableSocks5", "enableSocks5Udp", "allowUpstreamProxy", "dangerouslyAllowAllUnixSockets", "mode", "allowLocalBinding"];

    /// <summary>Returns whether there is an object rather than null, and in it whether the proxy is enabled.</summary>
    public static bool Check(ref FieldReader fields, out bool isEnabled)
    {
        isEnabled = false;
        if (!fields.EnterOrNull("struct RemoteNetworkProxyLaunchConfig"))
        {
            return false;
        }

        bool? proxy = null;
        while (fields.NextMember(out var name))
        {
            switch (name)
            {
                case "proxy":
                    proxy = true;
                    isEnabled = CheckProxy(ref fields);
                    break;
                case "auditMetadata":
                    fields.Enter("struct NetworkProxyAuditMetadata");
                    SkipRest(ref fields);
                    break;
                case "environmentId" or "executionId":
                    fields.StringOrNull();
                    break;
                case "policyDecisionTimeoutMs":
                    fields.IntegerOrNull(ulong.MaxValue, "u64");
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }

        fields.Require(proxy, "proxy");
        return true;
    }

    private static bool CheckProxy(ref FieldReader fields)
    {
        if (!fields.Enter("struct RemoteNetworkProxyConfig"))
        {
            return false;
        }

        var isEnabled = false;
        var missing = new List<string>(s_required);
        while (fields.NextMember(out var name))
        {
            missing.Remove(name);
            if (name is "mode")
            {
                fields.Variant("limited", "full");
            }
            else if (s_flags.Contains(name))
            {
                var flag = fields.Boolean() ?? false;
                isEnabled |= flag && name is "enabled";
            }
            else
            {
                fields.Skip();
            }
        }

        if (missing is [var first, ..])
        {
            fields.Fail(Errors.MissingField(first));
        }

        return isEnabled;
    }

    private static void SkipRest(ref FieldReader fields)
    {
        while (fields.NextMember(out _))
        {
            fields.Skip();
        }
    }
}
