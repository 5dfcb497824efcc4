using Newtonsoft.Json;

namespace ExecActors.Protocol;

/// <summary>The member names of all params, so that reading one makes no string.</summary>
internal static class WireNames
{
    public static DefaultJsonNameTable Table { get; } = Fill(
        "clientName", "resumeSessionId", "takeover",
        "processId", "argv", "cwd", "env", "tty", "pipeStdin", "arg0", "envPolicy", "sandbox", "enforceManagedNetwork", "managedNetwork",
        "networkProxy", "credentialProviders", "shellSnapshot", "metadata",
        "inherit", "ignoreDefaultExcludes", "exclude", "set", "includeOnly",
        "permissions", "windowsSandboxLevel", "type", "loopbackPorts", "allowLocalBinding", "proxy", "scopeId", "shell", "name", "path",
        "threadId", "toolCallId",
        "afterSeq", "maxBytes", "waitMs", "signal", "requestId");

    private static DefaultJsonNameTable Fill(params ReadOnlySpan<string> names)
    {
        var table = new DefaultJsonNameTable();
        foreach (var name in names)
        {
            table.Add(name);
        }

        return table;
    }
}
