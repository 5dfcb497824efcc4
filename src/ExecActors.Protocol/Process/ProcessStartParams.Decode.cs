namespace ExecActors.Protocol;

public sealed partial record ProcessStartParams
{
    private static ProcessStartParams? Read(ref FieldReader fields)
    {
        if (!fields.Enter("struct WireExecParams"))
        {
            return null;
        }

        var seen = default(Members);
        while (fields.NextMember(out var name))
        {
            seen.Read(name, ref fields);
        }

        fields.Require(seen.ProcessId, "processId");
        fields.Require(seen.Argv, "argv");
        fields.Require(seen.Cwd, "cwd");
        fields.Require(seen.Env, "env");
        fields.Require(seen.Tty, "tty");
        return fields.Error is null ? Make(seen, ref fields) : null;
    }

    /// <summary>What makes sense only once everything is there. A sandbox has its own view of the directory, and gives it later.</summary>
    private static ProcessStartParams? Make(in Members seen, ref FieldReader fields)
    {
        if (!seen.CwdUri.TryToNative(PathRole.Cwd, out var nativeCwd, out var error) && seen.Sandbox is null)
        {
            fields.Fail(error);
        }

        if (seen.Argv!.Count == 0)
        {
            fields.Fail(Errors.ArgvEmpty);
        }

        if (seen.HasDisabledProxy)
        {
            fields.Fail(Errors.NetworkProxyDisabled);
        }

        if (seen.Sandbox?.RefusalOfStart(seen.CwdUri) is { } refusal)
        {
            fields.Fail(refusal);
        }

        return new(seen.ProcessId!, seen.Argv, seen.Cwd!, seen.Env!, seen.Tty!.Value)
        {
            PipeStdin = seen.PipeStdin,
            Arg0 = seen.Arg0,
            EnvPolicy = seen.EnvPolicy,
            EnforceManagedNetwork = seen.EnforceManagedNetwork,
            Metadata = seen.Metadata,
            OutputRetention = seen.OutputRetention,
            Sandbox = seen.Sandbox?.ToContext(),
            HasManagedNetwork = seen.HasManagedNetwork,
            HasNetworkProxy = seen.HasNetworkProxy,
            HasCredentialProviders = seen.HasCredentialProviders,
            HasShellSnapshot = seen.HasShellSnapshot,
            NativeCwd = nativeCwd,
        };
    }

    /// <summary>The members met so far.</summary>
    private struct Members
    {
        public string? ProcessId;
        public List<string>? Argv;
        public string? Cwd;
        public ParsedPathUri CwdUri;
        public Dictionary<string, string>? Env;
        public bool? Tty;
        public bool PipeStdin;
        public string? Arg0;
        public EnvPolicy? EnvPolicy;
        public bool EnforceManagedNetwork;
        public ProcessMetadata? Metadata;
        public OutputRetention? OutputRetention;
        public SandboxDraft? Sandbox;
        public bool HasManagedNetwork;
        public bool HasNetworkProxy;
        private bool _hasEnabledProxy;
        public bool HasCredentialProviders;
        public bool HasShellSnapshot;

        public readonly bool HasDisabledProxy => HasNetworkProxy && !_hasEnabledProxy;

        public void Read(string name, ref FieldReader fields)
        {
            switch (name)
            {
                case "processId":
                    ProcessId = fields.String();
                    break;
                case "argv":
                    Argv = fields.Strings();
                    break;
                case "cwd":
                    ReadCwd(ref fields);
                    break;
                case "env":
                    Env = fields.StringMap();
                    EnvNames.Check(ref fields, Env, "env");
                    break;
                case "tty":
                    Tty = fields.Boolean();
                    break;
                case "pipeStdin":
                    PipeStdin = fields.Boolean() ?? false;
                    break;
                case "arg0":
                    Arg0 = fields.StringOrNull();
                    break;
                case "envPolicy":
                    EnvPolicy = EnvPolicy.Read(ref fields);
                    break;
                case "enforceManagedNetwork":
                    EnforceManagedNetwork = fields.Boolean() ?? false;
                    break;
                case "metadata":
                    Metadata = ProcessMetadata.Read(ref fields);
                    break;
                default:
                    ReadExtension(name, ref fields);
                    break;
            }
        }

        private void ReadCwd(ref FieldReader fields)
        {
            Cwd = fields.String();
            if (Cwd is not null && !ParsedPathUri.TryParse(Cwd, out CwdUri, out var error))
            {
                fields.Fail(error);
            }
        }

        private void ReadExtension(string name, ref FieldReader fields)
        {
            switch (name)
            {
                case "sandbox":
                    Sandbox = SandboxDraft.Read(ref fields);
                    break;
                case "outputRetention":
                    OutputRetention = OutputRetention.Read(ref fields);
                    break;
                case "managedNetwork":
                    HasManagedNetwork = StartExtensions.CheckManagedNetwork(ref fields);
                    break;
                case "networkProxy":
                    HasNetworkProxy = NetworkProxyShape.Check(ref fields, out _hasEnabledProxy);
                    break;
                case "credentialProviders":
                    HasCredentialProviders = fields.Skip();
                    break;
                case "shellSnapshot":
                    HasShellSnapshot = StartExtensions.CheckShellSnapshot(ref fields);
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }
    }
}
